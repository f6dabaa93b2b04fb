"""Who was in a crisis in the last day, as each process knows it: told at once, asked for every few seconds."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.care.models import FollowUp
from app.core.clock import now
from app.db.ownership import Owner, owner_columns
from app.db.session import Database, after_commit
from app.streams.signals import Signals

LIFE = timedelta(hours=24)
KEEP = 5.0  # seconds, should the word of a change get lost
CHANGED = "care.follow_ups"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Followed:
    language: str
    until: datetime


class FollowUps:
    """One per process. While the database is away, what was known last goes on to count."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._known: dict[tuple[str, str], Followed] = {}
        self._read_at = float("-inf")
        signals.subscribe(CHANGED, self._forget)

    def of(self, owner: Owner) -> Followed | None:
        if time.monotonic() - self._read_at > KEEP:
            self._read()
        found = self._known.get((owner.tenant_id, owner.user_id))
        return found if found and found.until > now() else None

    def start(self, session: Session, owner: Owner, language: str) -> None:
        until = now() + LIFE
        row = insert(FollowUp).values(**owner_columns(owner), language=language, until=until)
        fresh = {"language": language, "until": until}
        session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=fresh))
        self._known[owner.tenant_id, owner.user_id] = Followed(language, until)
        after_commit(session, self._tell)

    def end(self, session: Session, owner: Owner) -> None:
        session.execute(delete(FollowUp).where(FollowUp.owned_by(owner)))
        self._known.pop((owner.tenant_id, owner.user_id), None)
        after_commit(session, self._tell)

    def _tell(self) -> None:
        self._signals.publish(CHANGED)

    def _forget(self, _: str) -> None:
        self._read_at = float("-inf")

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            with self._db.read() as session:
                rows = session.scalars(select(FollowUp).where(FollowUp.until > now())).all()
        except SQLAlchemyError as error:
            log.warning("follow_ups_not_read", reason=type(error).__name__)
            return
        self._known = {(row.tenant_id, row.user_id): Followed(row.language, row.until) for row in rows}
