"""Stopping what is being made for a person, in all processes, and waiting until it is over."""

import time

import structlog
from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from app.core.ids import joined, mark
from app.db.leases import SECONDS
from app.db.session import Database
from app.jobs.models import Job, QueueName
from app.jobs.queue import queue
from app.jobs.runner import CANCEL
from app.privacy.registry import Scope, declarations, rows_of
from app.streams.runner import CANCEL_ALL
from app.streams.signals import signals

LEASES = ("lease_until", "busy_until")  # columns that say that a process works on a row, and until when
PATIENCE = SECONDS + 3.0  # seconds; a lease that nobody renews is over by then
LOOK_EVERY = 0.1

log = structlog.get_logger()


def stop(db: Database, tenant: str, person: str) -> None:
    """What does not hear of it, or can't be stopped, is waited for no longer than a lease: the door is closed to it."""
    signals.publish(CANCEL_ALL, mark(joined(tenant, person)))
    _stop_jobs(db, tenant, person)
    give_up = time.monotonic() + PATIENCE
    while _is_busy(db, Scope(tenant, person)):
        if time.monotonic() > give_up:
            log.warning("person_still_busy")
            return
        time.sleep(LOOK_EVERY)


def _stop_jobs(db: Database, tenant: str, person: str) -> None:
    """Their rows go with all others; workers are told, and entries taken out of the queues."""
    with db.read() as session:
        query = select(Job.id, Job.queue).where(Job.tenant_id == tenant, Job.user_id == person)
        found = [(job_id, QueueName(name)) for job_id, name in session.execute(query)]
    for job_id, _ in found:
        signals.publish(CANCEL, job_id)
    for name in QueueName:
        queue.forget(name, [job_id for job_id, its in found if its is name])


def _is_busy(db: Database, whom: Scope) -> bool:
    with db.read() as session:
        return any(_is_held(session, table, whom) for table in declarations() if table is not Job.__table__)


def _is_held(session: Session, table: Table, whom: Scope) -> bool:
    rows = rows_of(table, whom)
    leases: list[ColumnElement[bool]] = [table.c[name] > func.clock_timestamp() for name in LEASES if name in table.c]
    return rows is not None and any(session.scalar(select(select(table).where(rows, held).exists())) for held in leases)
