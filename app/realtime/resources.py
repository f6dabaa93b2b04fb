"""The five resources: how each is looked up, listed, spoken and written. One generic view serves them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.core.clock import iso
from app.realtime import schemas, writing
from app.realtime.models import Agent, Chat, CoachSession, SlideDeck, Voice
from app.web.schemas import Schema

Body = dict[str, Any]
Url = Callable[[str], str]  # of a media id


@dataclass(frozen=True, slots=True)
class Resource:
    """``keys`` are the columns that a path's key may name, in order; ``contains`` are filters by a part of a text.

    ``query`` selects the row first, and whatever ``speak`` needs beside it.
    """

    name: str
    singular: str
    schema: type[Schema]
    model: Any
    query: Callable[[str], Select[Any]]
    speak: Callable[[Any, Url], Body]
    write: Callable[[Session, str, Any, Body], Any]
    keys: tuple[Any, ...]
    filters: Mapping[str, Any] = field(default_factory=dict)
    contains: Mapping[str, Any] = field(default_factory=dict)
    search: tuple[Any, ...] = ()
    ordering: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[Any, ...] = ()


def voices(tenant: str) -> Select[Any]:
    return select(Voice).where(Voice.tenant_id == tenant)


def agents(tenant: str) -> Any:
    return select(Agent, Voice).outerjoin(Voice, Voice.id == Agent.voice_pk).where(Agent.tenant_id == tenant)


def sessions(tenant: str) -> Any:
    joined = select(CoachSession, Agent).join(Agent, Agent.id == CoachSession.agent_id)
    return joined.where(CoachSession.tenant_id == tenant)


def chats(tenant: str) -> Select[Any]:
    return _of_thread(Chat).where(Chat.tenant_id == tenant)


def slides(tenant: str) -> Select[Any]:
    return _of_thread(SlideDeck).where(SlideDeck.tenant_id == tenant)


def _of_thread(model: Any) -> Select[Any]:
    joined = select(model, CoachSession, Agent).join(CoachSession, CoachSession.id == model.session_id)
    return joined.join(Agent, Agent.id == CoachSession.agent_id)


def spoken_voice(row: Any, url: Url) -> Body:
    voice = row[0] if not isinstance(row, Voice) else row
    return {
        "id": voice.id, "name": voice.name, "service": voice.service, "voice_id": voice.voice_id,
        "gender": voice.gender, "preview": url(voice.preview) if voice.preview else None,
        "created_at": iso(voice.created_at),
    }  # fmt: skip


def spoken_agent(row: Any, url: Url) -> Body:
    agent, voice = row
    avatar = url(agent.avatar) if agent.avatar else None
    return {
        "id": agent.id, "bot_id": agent.bot_id, "email": None, "name": agent.name,
        "voice": spoken_voice(voice, url) if voice else None, "description": agent.description,
        "persona": agent.persona, "age": agent.age, "max_tokens": agent.max_tokens, "glb": agent.glb,
        "glb_url": agent.glb, "avatar": avatar, "thumbnail": avatar, "is_active": agent.is_active, **_times(agent),
    }  # fmt: skip


def spoken_session(row: Any, _: Url) -> Body:
    session, agent = row
    return {
        "id": session.id, "thread_id": session.thread_id, "email": None, "agent": agent.id, "agent_name": agent.name,
        "bot_id": agent.bot_id, "title": session.title, "summary": session.summary, "is_active": session.is_active,
        **_times(session),
    }  # fmt: skip


def spoken_chat(row: Any, _: Url) -> Body:
    chat, session, agent = row
    return {
        "id": chat.id, "session": session.id, "thread_id": session.thread_id, "bot_id": agent.bot_id,
        "query": chat.query, "response": chat.response, "state": chat.state, "emotion": chat.emotion,
        "viseme": chat.viseme, "meta": chat.meta, **_times(chat),
    }  # fmt: skip


def spoken_slides(row: Any, _: Url) -> Body:
    deck, session, agent = row
    return {
        "id": deck.id, "session": session.id, "thread_id": session.thread_id, "bot_id": agent.bot_id,
        "version": deck.version, "title": deck.title, "summary": deck.summary, "editorjs": deck.editorjs,
        "updated_by": deck.updated_by, **_times(deck),
    }  # fmt: skip


def _times(row: Any) -> Body:
    return {"created_at": iso(row.created_at), "updated_at": iso(row.updated_at)}


THREADED: dict[str, ColumnElement[Any] | Any] = {"thread_id": CoachSession.thread_id}

RESOURCES = (
    Resource(
        "voices", "voice", schemas.VoiceIn, Voice, voices, spoken_voice, writing.voice, (Voice.id,),
        {"service": Voice.service, "gender": Voice.gender}, {"name": Voice.name},
        (Voice.name, Voice.service, Voice.gender), {"created_at": Voice.created_at, "name": Voice.name},
        (Voice.created_at, Voice.id),
    ),
    Resource(
        "agents", "agent", schemas.AgentIn, Agent, agents, spoken_agent, writing.agent, (Agent.bot_id, Agent.id),
        {"bot_id": Agent.bot_id, "is_active": Agent.is_active}, {"name": Agent.name},
        (Agent.name, Agent.description, Agent.persona, Voice.name),
        {
            "created_at": Agent.created_at, "updated_at": Agent.updated_at, "name": Agent.name,
            "is_active": Agent.is_active,
        },
        (Agent.created_at.desc(), Agent.id.desc()),
    ),
    Resource(
        "sessions", "session", schemas.SessionIn, CoachSession, sessions, spoken_session, writing.session,
        (CoachSession.thread_id, CoachSession.id),
        {**THREADED, "bot_id": Agent.bot_id, "agent": Agent.id, "is_active": CoachSession.is_active}, {},
        (CoachSession.thread_id, CoachSession.title, CoachSession.summary, Agent.name),
        {"created_at": CoachSession.created_at, "updated_at": CoachSession.updated_at},
        (CoachSession.created_at.desc(), CoachSession.id.desc()),
    ),
    Resource(
        "chats", "chat", schemas.ChatIn, Chat, chats, spoken_chat, writing.chat, (Chat.id,),
        {**THREADED, "session": Chat.session_id}, {}, (Chat.query, Chat.response, CoachSession.thread_id),
        {"created_at": Chat.created_at, "id": Chat.id}, (Chat.created_at.desc(), Chat.id.desc()),
    ),
    Resource(
        "slides", "deck", schemas.SlidesIn, SlideDeck, slides, spoken_slides, writing.slides, (SlideDeck.id,),
        {**THREADED, "session": SlideDeck.session_id}, {"title": SlideDeck.title},
        (SlideDeck.title, SlideDeck.summary, CoachSession.thread_id),
        {"created_at": SlideDeck.created_at, "updated_at": SlideDeck.updated_at},
        (SlideDeck.updated_at.desc(), SlideDeck.id.desc()),
    ),
)  # fmt: skip
