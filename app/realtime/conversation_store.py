"""Where conversations are kept: the database, in short transactions, each with the tenant in it."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import gevent
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.care.safety import stored_of
from app.core.clock import iso
from app.core.json import as_object, without_nul
from app.db.session import Database
from app.db.statements import Statement
from app.realtime import queries, writes
from app.realtime.live.conversation import AgentProfile, Deck, Exchange, Slides, Thread, TurnRecord
from app.realtime.live.deck_update import typed_by_hand
from app.realtime.models import Chat, SlideDeck
from app.realtime.writes import is_uuid

log = structlog.get_logger()

# An agent, how it sounds, and a person's thread with it: all that a socket needs to begin.
FIND = Statement("""SELECT a.id, a.bot_id, a.name, a.persona, a.description, a.max_tokens, a.country,
  v.service, v.voice_id, s.id AS session
FROM agents AS a
LEFT JOIN voices AS v ON v.id = a.voice_pk
LEFT JOIN realtime_sessions AS s
  ON s.tenant_id = a.tenant_id AND s.agent_id = a.id AND s.thread_id = :thread AND s.is_active
WHERE a.tenant_id = :tenant AND a.bot_id = CAST(:bot AS uuid) AND a.is_active""")


class NoAgent(LookupError):
    """No active agent of the tenant has this ``bot_id``."""


class ConversationStore:
    def __init__(self, db: Database) -> None:
        self._db = db

    def find(self, tenant: str, bot_id: str, thread_id: str) -> Thread | None:
        """The thread of a tenant's active agent. Raises ``NoAgent``."""
        if not is_uuid(bot_id):
            raise NoAgent
        with self._db.single() as connection:
            row = FIND.row(connection, {"tenant": tenant, "bot": bot_id, "thread": thread_id})
        if row is None:
            raise NoAgent
        facts = row.id, str(row.bot_id), row.name, row.persona, row.description, row.max_tokens
        agent = AgentProfile(*facts, _voice(row.service, row.voice_id), row.country)
        return Thread(row.session, tenant, thread_id, agent) if row.session else None

    def history(self, thread: Thread, limit: int) -> Sequence[Exchange]:
        """The last turns, oldest first, without what makes them large. Of one that a client wrote nobody has judged."""
        query = select(Chat.query, Chat.response, Chat.meta["safety"], Chat.meta.has_key("safety")).where(
            Chat.session_id == thread.id, Chat.tenant_id == thread.tenant_id
        )
        with self._db.read() as session:
            rows = session.execute(query.order_by(Chat.id.desc()).limit(limit)).all()
        return [Exchange(query, said, found if known else stored_of(query)) for query, said, found, known in rows[::-1]]

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


def _voice(service: str | None, voice_id: str | None) -> str:
    """``service::name``; the default voice is nobody's."""
    if service is None or voice_id is None:
        return ""
    return voice_id if "::" in voice_id else f"{service}::{voice_id}"


def _revisions(session: Session, deck: SlideDeck) -> Iterator[tuple[str, Slides]]:
    """Who wrote what lately, oldest first."""
    for row in reversed(queries.revisions(session, deck).items):
        yield row.updated_by, Slides(row.title, row.summary, row.editorjs)


def _deck(deck: SlideDeck) -> Deck:
    return Deck(deck.title, deck.summary, deck.editorjs, deck.version, iso(deck.updated_at))
