"""Where conversations are kept: the database, in short transactions, each with the tenant in it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import gevent
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.clock import iso
from app.core.json import as_object, without_nul
from app.db.session import Database
from app.realtime import writes
from app.realtime.live.conversation import AgentProfile, Deck, Exchange, Slides, Thread, TurnRecord
from app.realtime.live.deck_update import typed_by_hand
from app.realtime.models import Agent, Chat, CoachSession, SlideDeck, SlideRevision, Voice
from app.realtime.writes import is_uuid

log = structlog.get_logger()


class ConversationStore:
    def __init__(self, db: Database) -> None:
        self._db = db

    def agent(self, tenant: str, bot_id: str) -> AgentProfile | None:
        if not is_uuid(bot_id):
            return None
        with self._db.read() as session:
            joined = select(Agent, Voice).outerjoin(Voice, Voice.id == Agent.voice_pk)
            wanted = Agent.tenant_id == tenant, Agent.bot_id == bot_id, Agent.is_active.is_(True)
            row, voice = session.execute(joined.where(*wanted)).one_or_none() or (None, None)
        if row is None:
            return None
        facts = row.id, row.bot_id, row.name, row.persona, row.description, row.max_tokens
        return AgentProfile(*facts, _voice(voice))

    def thread(self, tenant: str, agent: AgentProfile, thread_id: str) -> Thread | None:
        its = (
            CoachSession.tenant_id == tenant, CoachSession.agent_id == agent.id,
            CoachSession.thread_id == thread_id, CoachSession.is_active.is_(True),
        )  # fmt: skip
        with self._db.read() as session:
            found = session.scalar(select(CoachSession.id).where(*its))
        return Thread(found, tenant, thread_id, agent) if found else None

    def history(self, thread: Thread, limit: int) -> Sequence[Exchange]:
        """The last turns, oldest first, without what makes them large."""
        query = select(Chat.query, Chat.response).where(
            Chat.session_id == thread.id, Chat.tenant_id == thread.tenant_id
        )
        with self._db.read() as session:
            rows = session.execute(query.order_by(Chat.id.desc()).limit(limit)).all()
        return [Exchange(*row) for row in reversed(rows)]

    def history_in_time(self, thread: Thread, limit: int, seconds: float) -> list[Exchange]:
        """A database that is slow or away costs the memory of what was said before, not the answer."""
        reading = gevent.spawn(self._history_if_there, thread, limit)
        reading.join(seconds)
        if not reading.ready():
            log.warning("past_not_read", reason="slow")
            reading.kill(block=False)
        return list(reading.value or [])

    def _history_if_there(self, thread: Thread, limit: int) -> Sequence[Exchange]:
        try:
            return self.history(thread, limit)
        except SQLAlchemyError as error:
            log.warning("past_not_read", reason=type(error).__name__)
            return []

    def save(self, thread: Thread, record: TurnRecord) -> None:
        with self._db.begin() as session:
            session.add(Chat(
                tenant_id=thread.tenant_id, session_id=thread.id, query=record.query,
                response=record.response.replace("\x00", ""), state=str(record.state), emotion=record.emotion,
                viseme=record.viseme, meta=record.meta,
            ))  # fmt: skip

    def deck(self, thread: Thread) -> Deck | None:
        its = SlideDeck.tenant_id == thread.tenant_id, SlideDeck.session_id == thread.id
        with self._db.read() as session:
            deck = session.scalar(select(SlideDeck).where(*its))
            return replace(_deck(deck), typed=typed_by_hand(_revisions(session, deck))) if deck else None

    def save_slides(self, thread: Thread, slides: Slides, by: str) -> Deck:
        made = Slides(slides.title[:255], slides.summary, slides.editorjs)
        content = as_object(without_nul(asdict(made) | {"updated_by": by}))
        with self._db.begin() as session:
            return _deck(writes.write_deck(session, thread.tenant_id, thread.id, content))


def _voice(voice: Voice | None) -> str:
    """``service::name``; the default voice is nobody's."""
    if voice is None:
        return ""
    return voice.voice_id if "::" in voice.voice_id else f"{voice.service}::{voice.voice_id}"


def _revisions(session: Session, deck: SlideDeck) -> Iterator[tuple[str, Slides]]:
    """Who wrote what, oldest first."""
    query = select(SlideRevision).where(SlideRevision.deck_id == deck.id).order_by(SlideRevision.version)
    for row in session.scalars(query):
        yield row.updated_by, Slides(row.title, row.summary, row.editorjs)


def _deck(deck: SlideDeck) -> Deck:
    return Deck(deck.title, deck.summary, deck.editorjs, deck.version, iso(deck.updated_at))
