"""The erasure of one person, by a worker or a command. Each step may be done again: after a crash it begins anew.

1. The door is closed: no token counts, and the database takes no new row of theirs.
2. What is being made for them is stopped, wherever it runs.
3. Rows go, and names out of rows that stay; once more, until there is nothing. Then what Redis has, in its log too.
4. The receipt. The door stays closed until they come back.
"""

from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth import revocations
from app.care import follow_ups
from app.core.clock import iso, now
from app.db.session import Database
from app.privacy.erasure import guard, log_file, rows, stopping
from app.privacy.erasure.log_file import Line
from app.privacy.erasure.models import FOR_EVER, Erasure, ErasureState
from app.privacy.registry import REDIS_KEYS
from app.streams import redis_store
from app.streams.signals import signals

MOST_ROUNDS = 20
CLOCKS = timedelta(minutes=1)  # by which ours and the database's may differ

log = structlog.get_logger()


def run(db: Database, erasure_id: str, folder: Path) -> None:
    """Does nothing before its time, or when it was called off."""
    erasure = _begin(db, erasure_id)
    if erasure is None:
        return
    stopping.stop(db, erasure.tenant_id, erasure.person)
    for _ in range(MOST_ROUNDS):
        if not rows.remove_all(db, erasure) + rows.take_names_out(db, erasure):
            break
    _empty_caches(erasure)
    log_file.append(folder, Line(erasure.id, erasure.tenant_id, erasure.person, ErasureState.COMPLETED, iso(now())))
    _complete(db, erasure)


def _begin(db: Database, erasure_id: str) -> Erasure | None:
    with db.begin() as session:
        due = select(Erasure).where(Erasure.id == erasure_id, Erasure.erase_at <= func.clock_timestamp() + CLOCKS)
        erasure = session.scalar(due.with_for_update())
        if erasure is None or erasure.status not in {ErasureState.SCHEDULED, ErasureState.RUNNING}:
            return None
        if erasure.status == ErasureState.SCHEDULED:
            erasure.move(ErasureState.RUNNING)
            erasure.started_at = now()
            _close(session, erasure)
    return erasure


def _close(session: Session, erasure: Erasure) -> None:
    erasure.closed_until = FOR_EVER
    session.flush()
    guard.hold(session, erasure.tenant_id, erasure.person, erasure.person_key)
    revocations.revoke_person(session, erasure.tenant_id, erasure.person)


def _empty_caches(erasure: Erasure) -> None:
    globs = [glob for glob in (keys.glob(erasure.tenant_id, erasure.person) for keys in REDIS_KEYS) if glob]
    redis_store.remove(signals.redis, globs)
    redis_store.rewrite_log(signals.redis)
    signals.publish(follow_ups.CHANGED)


def _complete(db: Database, erasure: Erasure) -> None:
    """What a client that was still open got meanwhile counts no more either."""
    with db.begin() as session:
        receipt = session.get_one(Erasure, erasure.id, with_for_update=True)
        if receipt.status == ErasureState.RUNNING:
            receipt.move(ErasureState.COMPLETED)
            receipt.completed_at = now()
            revocations.revoke_person(session, erasure.tenant_id, erasure.person)
    log.info("person_erased", erasure_id=erasure.id, rows=sum(receipt.counts.values()))
