"""Answers that are made once: requests with the same idempotency key wait for the first and share what it got."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.core.clock import now
from app.core.errors import AppError, Conflict, Unavailable
from app.db.session import Database
from app.turns.idempotency import LIFE, Claim, IdempotencyKey

Body = dict[str, Any]

LEASE = timedelta(seconds=150)  # longer than any model call may take
PATIENCE = 140.0  # seconds that a second request waits for the first
PAUSES = (0.02, 0.05, 0.1, 0.2)


def once(db: Database, wish: Claim | None, work: Callable[[], Body], *, reused: type[AppError] = Conflict) -> Body:
    """``work`` is done by one request. When it raises, the key is free again and the next request tries.

    ``reused`` is what a contract calls a key that was used for another request.
    """
    if wish is None:
        return work()
    until = time.monotonic() + PATIENCE
    turn = 0
    while not _taken(db, wish):
        answer = _answer(db, wish, reused)
        if answer is not None:
            return answer
        if time.monotonic() > until:
            raise Unavailable("The first request with this Idempotency-Key is still running", retry_after=5)
        time.sleep(PAUSES[min(turn, len(PAUSES) - 1)])
        turn += 1
    return _done(db, wish, work)


def _done(db: Database, wish: Claim, work: Callable[[], Body]) -> Body:
    try:
        answer = work()
    except BaseException:
        with db.begin() as session:
            session.execute(delete(IdempotencyKey).where(*_its(wish)))
        raise
    with db.begin() as session:
        session.execute(update(IdempotencyKey).where(*_its(wish)).values(answer=answer, lease_until=None))
    return answer


def _taken(db: Database, wish: Claim) -> bool:
    """Whether the key is this request's now: new, too old to count, or left behind by a process that died."""
    moment = now()
    row = insert(IdempotencyKey).values(
        owner=wish.owner, key=wish.key, digest=wish.digest, resource_id="", created_at=moment,
        lease_until=moment + LEASE,
    )  # fmt: skip
    left = (IdempotencyKey.created_at < moment - LIFE) | (IdempotencyKey.lease_until < moment)
    fresh = {"digest": wish.digest, "created_at": moment, "lease_until": moment + LEASE, "answer": None}
    row = row.on_conflict_do_update(index_elements=["owner", "key"], set_=fresh, where=left)
    with db.begin() as session:
        return session.scalar(row.returning(IdempotencyKey.key)) is not None


def _answer(db: Database, wish: Claim, reused: type[AppError]) -> Body | None:
    with db.read() as session:
        kept = session.scalar(select(IdempotencyKey).where(*_its(wish)))
    if kept is not None and kept.digest != wish.digest:
        raise reused("This Idempotency-Key was used for another request", code="IDEMPOTENCY_KEY_REUSED")
    return kept.answer if kept else None


def _its(wish: Claim) -> tuple[Any, Any]:
    return IdempotencyKey.owner == wish.owner, IdempotencyKey.key == wish.key
