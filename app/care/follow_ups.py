"""Who was in a crisis in the last day, as each process knows it: told at once, asked for every few seconds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.care.models import LIFE, FollowUp
from app.core.clock import now
from app.db.ownership import Owner, owner_columns
from app.db.session import Database, after_commit
from app.streams.signals import Signals
from app.streams.snapshot import Snapshot

CHANGED = "care.follow_ups"


@dataclass(frozen=True, slots=True)
class Followed:
    language: str
    until: datetime


class FollowUps:
    """One per process."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        nobody: dict[tuple[str, str], Followed] = {}
        self._snapshot = Snapshot(signals, CHANGED, self._read, nobody)

    def of(self, owner: Owner) -> Followed | None:
        found = self._snapshot.now().get((owner.tenant_id, owner.user_id))
        return found if found and found.until > now() else None

    def start(self, session: Session, owner: Owner, language: str) -> None:
        until = now() + LIFE
        row = insert(FollowUp).values(**owner_columns(owner), language=language, until=until)
        fresh = {"language": language, "until": until}
        session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=fresh))
        self._snapshot.known[owner.tenant_id, owner.user_id] = Followed(language, until)
        after_commit(session, self._snapshot.changed)

    def end(self, session: Session, owner: Owner) -> None:
        session.execute(delete(FollowUp).where(FollowUp.owned_by(owner)))
        self._snapshot.known.pop((owner.tenant_id, owner.user_id), None)
        after_commit(session, self._snapshot.changed)

    def _read(self) -> dict[tuple[str, str], Followed]:
        with self._db.read() as session:
            rows = session.scalars(select(FollowUp).where(FollowUp.until > now())).all()
        return {(row.tenant_id, row.user_id): Followed(row.language, row.until) for row in rows}
