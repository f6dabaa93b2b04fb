"""The five resources: how each is looked up, listed, spoken and written. One generic view serves them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.care import disclosure
from app.core.clock import iso
from app.core.json import JSONObject
from app.core.places import Place
from app.realtime import schemas, writes
from app.realtime.media import AVATAR, PREVIEW, Upload
from app.realtime.models import Agent, Chat, CoachSession, SlideDeck, Voice
from app.realtime.threads import is_teams
from app.web.schemas import Schema

Url = Callable[[str], str]  # of a media id
Column = InstrumentedAttribute[object]
Fields = dict[str, object]  # of a body, as the resource's schema loads them
M = TypeVar("M", Voice, Agent, CoachSession, Chat, SlideDeck)
R = TypeVarTuple("R")


@dataclass(frozen=True, slots=True)
class Resource(Generic[M, *R]):
    """``keys`` are the columns that a path's key may name, in order; ``contains`` are filters by a part of a text.

    ``query`` selects the row first, and whatever ``serialize`` needs beside it.
    """

    name: str
    singular: str
    schema: type[Schema]
    model: type[M]
    query: Callable[[str], Select[*R]]
    serialize: Callable[[Row[*R], Url], JSONObject]
    write: Callable[[Session, str, M | None, Fields], M]
    keys: tuple[Column, ...]
    filters: Mapping[str, Column] = field(default_factory=dict)
    contains: Mapping[str, Column] = field(default_factory=dict)
    search: tuple[Column, ...] = ()
    ordering: Mapping[str, Column] = field(default_factory=dict)
    order: tuple[Column | ColumnElement[Any], ...] = ()
    upload: Upload | None = None
    documents: tuple[Column, ...] = ()  # what can make a row large
    beside_new: Callable[[Place], JSONObject] = lambda _: {}  # what is told with a new row


def voices(tenant: str) -> Select[Voice]:
    return select(Voice).where(Voice.tenant_id == tenant)


def agents(tenant: str) -> Select[Agent, Voice | None]:
    return select(Agent, Voice).outerjoin(Voice, Voice.id == Agent.voice_pk).where(Agent.tenant_id == tenant)


def sessions(tenant: str) -> Select[CoachSession, Agent]:
    joined = select(CoachSession, Agent).join(Agent, Agent.id == CoachSession.agent_id)
    return joined.where(CoachSession.tenant_id == tenant, is_teams(CoachSession.thread_id))


def chats(tenant: str) -> Select[Chat, CoachSession, Agent]:
    joined = select(Chat, CoachSession, Agent).join(CoachSession, CoachSession.id == Chat.session_id)
    joined = joined.join(Agent, Agent.id == CoachSession.agent_id)
    return joined.where(Chat.tenant_id == tenant, is_teams(CoachSession.thread_id))


def slides(tenant: str) -> Select[SlideDeck, CoachSession, Agent]:
    joined = select(SlideDeck, CoachSession, Agent).join(CoachSession, CoachSession.id == SlideDeck.session_id)
    joined = joined.join(Agent, Agent.id == CoachSession.agent_id)
    return joined.where(SlideDeck.tenant_id == tenant, is_teams(CoachSession.thread_id))


def serialize_voice(voice: Voice, url: Url) -> JSONObject:
    return {
        "id": voice.id, "name": voice.name, "service": voice.service, "voice_id": voice.voice_id,
        "gender": voice.gender, "preview": url(voice.preview) if voice.preview else None,
        "created_at": iso(voice.created_at),
    }  # fmt: skip


def serialize_agent(row: Row[Agent, Voice | None], url: Url) -> JSONObject:
    agent, voice = row
    avatar = url(agent.avatar) if agent.avatar else None
    return {
        "id": agent.id, "bot_id": agent.bot_id, "email": None, "name": agent.name,
        "voice": serialize_voice(voice, url) if voice else None, "description": agent.description,
        "persona": agent.persona, "age": agent.age, "max_tokens": agent.max_tokens, "glb": agent.glb,
        "glb_url": agent.glb, "avatar": avatar, "thumbnail": avatar, "is_active": agent.is_active,
        "country": agent.country, **_times(agent),
    }  # fmt: skip


def serialize_session(row: Row[CoachSession, Agent], _: Url) -> JSONObject:
    session, agent = row
    return {
        "id": session.id, "thread_id": session.thread_id, "email": None, "agent": agent.id, "agent_name": agent.name,
        "bot_id": agent.bot_id, "title": session.title, "summary": session.summary, "is_active": session.is_active,
        **_times(session),
    }  # fmt: skip


def serialize_chat(row: Row[Chat, CoachSession, Agent], _: Url) -> JSONObject:
    chat, session, agent = row
    return {
        "id": chat.id, "session": session.id, "thread_id": session.thread_id, "bot_id": agent.bot_id,
        "query": chat.query, "response": chat.response, "state": chat.state, "emotion": chat.emotion,
        "viseme": chat.viseme, "meta": chat.meta, **_times(chat),
    }  # fmt: skip


def serialize_slides(row: Row[SlideDeck, CoachSession, Agent], _: Url) -> JSONObject:
    deck, session, agent = row
    return {
        "id": deck.id, "session": session.id, "thread_id": session.thread_id, "bot_id": agent.bot_id,
        "version": deck.version, "title": deck.title, "summary": deck.summary, "editorjs": deck.editorjs,
        "updated_by": deck.updated_by, **_times(deck),
    }  # fmt: skip


def _times(row: Agent | CoachSession | Chat | SlideDeck) -> JSONObject:
    return {"created_at": iso(row.created_at), "updated_at": iso(row.updated_at)}


THREADED: dict[str, Column] = {"thread_id": CoachSession.thread_id}

SLIDES = Resource(
    "slides", "deck", schemas.SlidesIn, SlideDeck, slides, serialize_slides, writes.slides, (SlideDeck.id,),
    {**THREADED, "session": SlideDeck.session_id}, {"title": SlideDeck.title},
    (SlideDeck.title, SlideDeck.summary, CoachSession.thread_id),
    {"created_at": SlideDeck.created_at, "updated_at": SlideDeck.updated_at},
    (SlideDeck.updated_at.desc(), SlideDeck.id.desc()), documents=(SlideDeck.editorjs,),
)  # fmt: skip

AnyResource = Resource[Any, *tuple[Any, ...]]
RESOURCES: tuple[AnyResource, ...] = (
    Resource(
        "voices", "voice", schemas.VoiceIn, Voice, voices, lambda row, url: serialize_voice(row[0], url), writes.voice,
        (Voice.id,), {"service": Voice.service, "gender": Voice.gender}, {"name": Voice.name},
        (Voice.name, Voice.service, Voice.gender), {"created_at": Voice.created_at, "name": Voice.name},
        (Voice.created_at, Voice.id), PREVIEW,
    ),
    Resource(
        "agents", "agent", schemas.AgentIn, Agent, agents, serialize_agent, writes.agent, (Agent.bot_id, Agent.id),
        {"bot_id": Agent.bot_id, "is_active": Agent.is_active}, {"name": Agent.name},
        (Agent.name, Agent.description, Agent.persona, Voice.name),
        {
            "created_at": Agent.created_at, "updated_at": Agent.updated_at, "name": Agent.name,
            "is_active": Agent.is_active,
        },
        (Agent.created_at.desc(), Agent.id.desc()), AVATAR,
    ),
    Resource(
        "sessions", "session", schemas.SessionIn, CoachSession, sessions, serialize_session, writes.session,
        (CoachSession.thread_id, CoachSession.id),
        {**THREADED, "bot_id": Agent.bot_id, "agent": Agent.id, "is_active": CoachSession.is_active}, {},
        (CoachSession.thread_id, CoachSession.title, CoachSession.summary, Agent.name),
        {"created_at": CoachSession.created_at, "updated_at": CoachSession.updated_at},
        (CoachSession.created_at.desc(), CoachSession.id.desc()),
        beside_new=lambda where: {"disclosure": disclosure.text_for(where)},
    ),
    Resource(
        "chats", "chat", schemas.ChatIn, Chat, chats, serialize_chat, writes.chat, (Chat.id,),
        {**THREADED, "session": Chat.session_id}, {}, (Chat.query, Chat.response, CoachSession.thread_id),
        {"created_at": Chat.created_at, "id": Chat.id}, (Chat.created_at.desc(), Chat.id.desc()),
        documents=(Chat.query, Chat.response, Chat.emotion, Chat.viseme, Chat.meta),
    ),
    SLIDES,
)  # fmt: skip
