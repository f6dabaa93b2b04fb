"""The database as a conversation's memory."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core.clock import iso
from app.db.session import Database
from app.realtime import writing
from app.realtime.live.interfaces import Coach, Deck, Past, Record, Thread
from app.realtime.models import Agent, Chat, CoachSession, SlideDeck, Voice
from app.realtime.schemas import clean
from app.realtime.writing import is_uuid


class Rows:
    """Short transactions, each with the tenant in it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def coach(self, tenant: str, bot_id: str) -> Coach | None:
        if not is_uuid(bot_id):
            return None
        with self._db.read() as session:
            joined = select(Agent, Voice).outerjoin(Voice, Voice.id == Agent.voice_pk)
            wanted = Agent.tenant_id == tenant, Agent.bot_id == bot_id, Agent.is_active.is_(True)
            row = session.execute(joined.where(*wanted)).one_or_none()
        return _coach(*row) if row else None

    def thread(self, tenant: str, coach: Coach, thread_id: str) -> Thread | None:
        its = (
            CoachSession.tenant_id == tenant, CoachSession.agent_id == coach.id,
            CoachSession.thread_id == thread_id, CoachSession.is_active.is_(True),
        )  # fmt: skip
        with self._db.read() as session:
            found = session.scalar(select(CoachSession.id).where(*its))
        return Thread(found, tenant, thread_id, coach) if found else None

    def past(self, thread: Thread, limit: int) -> Sequence[Past]:
        query = select(Chat.query, Chat.response).where(
            Chat.session_id == thread.id, Chat.tenant_id == thread.tenant_id
        )
        with self._db.read() as session:
            rows = session.execute(query.order_by(Chat.id.desc()).limit(limit)).all()
        return [Past(*row) for row in reversed(rows)]

    def keep(self, thread: Thread, record: Record) -> None:
        with self._db.begin() as session:
            session.add(Chat(
                tenant_id=thread.tenant_id, session_id=thread.id, query=record.query, response=clean(record.response),
                state=str(record.state), emotion=record.emotion, viseme=record.viseme, meta=record.meta,
            ))  # fmt: skip

    def deck(self, thread: Thread) -> Deck | None:
        its = SlideDeck.tenant_id == thread.tenant_id, SlideDeck.session_id == thread.id
        with self._db.read() as session:
            deck = session.scalar(select(SlideDeck).where(*its))
        return _deck(deck) if deck else None

    def write_deck(self, thread: Thread, title: str, summary: str, editorjs: dict[str, Any], by: str) -> Deck:
        body = clean({"title": title[:255], "summary": summary, "editorjs": editorjs, "updated_by": by})
        with self._db.begin() as session:
            return _deck(writing.write_deck(session, thread.tenant_id, thread.id, body))


def _coach(agent: Agent, voice: Voice | None) -> Coach:
    return Coach(agent.id, agent.bot_id, agent.name, agent.persona, agent.description, agent.max_tokens, _voice(voice))


def _voice(voice: Voice | None) -> str:
    """``service::name``; the default voice is nobody's."""
    if voice is None:
        return ""
    return voice.voice_id if "::" in voice.voice_id else f"{voice.service}::{voice.voice_id}"


def _deck(deck: SlideDeck) -> Deck:
    return Deck(deck.version, deck.title, deck.summary, deck.editorjs, iso(deck.updated_at))
