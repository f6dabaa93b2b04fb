"""Answers that are made once: requests with the same claim wait for the first and share what it got."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import TypeVar, cast

from gevent.event import AsyncResult
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.errors import AppError, Conflict, Unavailable
from app.core.ids import new_id
from app.db.leases import DEADLINE, Lease, renewing
from app.db.patience import patiently
from app.db.session import Database
from app.turns.idempotency import LIFE, Claim, IdempotencyKey, is_old

A = TypeVar("A", bound=Mapping[str, object])
Answer = Mapping[str, object]

Keep = Callable[[Session, A], bool]
PATIENCE = 140.0  # seconds that a second request waits for the first
PAUSES = (0.02, 0.05, 0.1, 0.2)
LEASE = Lease(IdempotencyKey.resource_id, IdempotencyKey.lease_until)

_pending: dict[Claim, "AsyncResult[Answer | None]"] = {}  # what this process makes, or looks for elsewhere


@dataclass(frozen=True, slots=True)
class Work:
    do: Callable[[], Answer]
    keep: Keep[Answer] | None = None


class StillRunning(Unavailable):
    text = "The first request with this Idempotency-Key is still running"


def once(
    db: Database, claim: Claim | None, work: Callable[[], A], *, reused: type[AppError] = Conflict,
    is_waiting: Callable[[], bool] | None = None, keep: Keep[A] | None = None,
) -> A:  # fmt: skip
    """``work`` is done by one request. When it raises, the key is free again and the next request tries.

    ``reused`` is what a contract calls a key that was used for another request. ``is_waiting`` tells whether the client
    is still there: what nobody waited for is kept for the next request with the same body. All who wait in a process
    share one look at the database. ``keep`` says, in the transaction that stores the answer, whether it may be.
    """
    if claim is None:
        return work()
    answer = _answer(db, claim, Work(work, cast(Keep[Answer] | None, keep)), reused)
    if is_waiting is not None and not claim.is_named:
        _note_arrival(db, claim, is_waiting())
    return cast(A, answer)  # what this key stands for


def _answer(db: Database, claim: Claim, work: Work, reused: type[AppError]) -> Answer:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        first = _pending.get(claim)
        answer = first.wait(give_up - time.monotonic()) if first else _lead(db, claim, work, reused, give_up)
        if answer is not None:
            return answer
    raise StillRunning(retry_after=5)


def _note_arrival(db: Database, claim: Claim, has_arrived: bool) -> None:
    changed = update(IdempotencyKey).where(*_row_of(claim), IdempotencyKey.unheard.is_(has_arrived))
    with db.begin() as session:
        session.execute(changed.values(unheard=not has_arrived))


def _lead(db: Database, claim: Claim, work: Work, reused: type[AppError], give_up: float) -> Answer | None:
    """The first request of this process: it makes the answer, or waits for another process that does."""
    answer = None
    pending = _pending[claim] = AsyncResult()
    try:
        work_id = new_id("work")
        answer = _made_elsewhere(db, claim, work_id, reused, give_up)
        if answer is None:
            answer = _make(db, claim, work_id, work)
    finally:
        del _pending[claim]
        pending.set(answer)
    return answer


def _made_elsewhere(db: Database, claim: Claim, work_id: str, reused: type[AppError], give_up: float) -> Answer | None:
    """None when the key is this request's now. What it has waited for does not get too old for it."""
    if _acquire(db, claim, work_id):
        return None
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        answer = _stored(db, claim, reused)
        if answer is not None or _acquire(db, replace(claim, life=LIFE), work_id):
            return answer
        if time.monotonic() > give_up:
            raise StillRunning(retry_after=5)
        time.sleep(pause)
    return None


def _make(db: Database, claim: Claim, work_id: str, work: Work) -> Answer:
    its = *_row_of(claim), IdempotencyKey.resource_id == work_id

    def renew() -> None:
        with db.begin() as session:
            LEASE.renew(session, [work_id], *its)

    def store(answer: Answer) -> None:
        with db.begin() as session:
            if work.keep is None or work.keep(session, answer):
                session.execute(update(IdempotencyKey).where(*its).values(answer=answer, lease_until=None))
            else:
                session.execute(delete(IdempotencyKey).where(*its))

    def free() -> None:
        with suppress(SQLAlchemyError), db.begin() as session:
            session.execute(delete(IdempotencyKey).where(*its))

    with ExitStack() as undo, renewing(renew):
        undo.callback(free)
        answer = work.do()
        undo.pop_all()
    patiently(lambda: store(answer))
    return answer


def _acquire(db: Database, claim: Claim, work_id: str) -> bool:
    """Whether the key is this request's now: new, too old to count, or left behind by a process that died."""
    fresh: dict[str, object] = {
        "digest": claim.digest, "resource_id": work_id, "created_at": func.clock_timestamp(), "lease_until": DEADLINE,
        "answer": None, "unheard": False,
    }  # fmt: skip
    row = insert(IdempotencyKey).values(owner=claim.owner, key=claim.key, **fresh)
    is_left = (IdempotencyKey.lease_until.is_(None) & is_old(claim)) | LEASE.is_expired
    row = row.on_conflict_do_update(index_elements=["owner", "key"], set_=fresh, where=is_left)
    with db.begin() as session:
        return session.scalar(row.returning(IdempotencyKey.key)) is not None


def _stored(db: Database, claim: Claim, reused: type[AppError]) -> Answer | None:
    with db.read() as session:
        kept = session.scalar(select(IdempotencyKey).where(*_row_of(claim)))
    if kept is not None and kept.digest != claim.digest:
        raise reused("This Idempotency-Key was used for another request", code="IDEMPOTENCY_KEY_REUSED")
    return kept.answer if kept else None


def _row_of(claim: Claim) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return IdempotencyKey.owner == claim.owner, IdempotencyKey.key == claim.key
