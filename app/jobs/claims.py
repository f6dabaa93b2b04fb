"""Claiming jobs: a row is whoever's statement marks it as running, and is given back when its lease has run out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from app.core.json import JSONObject
from app.db.leases import DEADLINE_SQL, Lease
from app.db.session import Database
from app.db.statements import Statement
from app.jobs.models import Job, JobState, QueueName
from app.jobs.slots import Room

LEASE = Lease(Job.id, Job.lease_until)

START = f"state = 'running', lease_until = {DEADLINE_SQL}, attempts = attempts + 1, started_at = clock_timestamp()"
CLAIMED = "CAST(jobs.id AS text) AS id, name, queue, jobs.tenant_id, arguments, attempts, lost_attempts"

CLAIM_ONE = Statement(
    f"UPDATE jobs SET {START} WHERE id = CAST(:id AS uuid) AND state = 'queued' AND due_at <= clock_timestamp()"  # noqa: S608
    f" RETURNING {CLAIMED}"
)

# Tenants that wait come one after the other out of the index, from the one after the last that had its turn; then their
# jobs, the first of each before anybody's second. A row that another worker is about to take is passed over.
CLAIM_WAITING = Statement(
    "WITH RECURSIVE tenants AS ("  # noqa: S608
    " (SELECT tenant_id FROM jobs WHERE state = 'queued' AND queue = :queue"
    " AND (tenant_id, due_at) > (:tenant, CAST(:moment AS timestamptz)) ORDER BY tenant_id LIMIT 1)"
    " UNION ALL SELECT (SELECT jobs.tenant_id FROM jobs WHERE state = 'queued' AND queue = :queue"
    " AND jobs.tenant_id > tenants.tenant_id ORDER BY jobs.tenant_id LIMIT 1) FROM tenants"
    " WHERE tenant_id IS NOT NULL),"
    " ready AS (SELECT tenant_id FROM tenants CROSS JOIN LATERAL ("
    " SELECT 1 FROM jobs WHERE state = 'queued' AND queue = :queue AND jobs.tenant_id = tenants.tenant_id"
    " AND due_at <= statement_timestamp() LIMIT 1) AS one"
    " WHERE tenant_id <> ALL(CAST(:barred AS text[])) LIMIT :jobs),"
    " turns AS (SELECT id, row_number() OVER (ORDER BY turn, tenant_id) AS place FROM ready CROSS JOIN LATERAL ("
    " SELECT id, row_number() OVER (ORDER BY due_at) AS turn FROM (SELECT id, due_at FROM jobs"
    " WHERE state = 'queued' AND queue = :queue AND jobs.tenant_id = ready.tenant_id"
    " AND due_at <= statement_timestamp() ORDER BY due_at LIMIT :each) AS its) AS theirs"
    " ORDER BY place LIMIT :jobs),"
    " free AS (SELECT jobs.id, place FROM jobs JOIN turns USING (id) WHERE state = 'queued'"
    " FOR UPDATE OF jobs SKIP LOCKED)"
    f" UPDATE jobs SET {START} FROM free WHERE jobs.id = free.id RETURNING {CLAIMED}, place"
)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    id: str
    name: str
    queue: QueueName
    tenant_id: str
    arguments: JSONObject
    attempts: int
    lost_attempts: int

    @property
    def tries(self) -> int:
        """Those that failed, and this one."""
        return self.attempts - self.lost_attempts


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in the round of tenants: behind ``tenant``, or at the beginning."""

    tenant: str = ""
    moment: str = "-infinity"


class Claims:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._turns = dict.fromkeys(QueueName, Turn())

    def one(self, job_id: str) -> ClaimedJob | None:
        """A job that somebody else runs, that has ended or is not due is left alone."""
        with self._db.single() as connection:
            row = CLAIM_ONE.row(connection, {"id": job_id})
        return _claimed(row) if row else None

    def waiting(self, queue: QueueName, room: Room) -> list[ClaimedJob]:
        """What is due, in turn by tenant. Fewer than there is room for: nobody else waits who may begin."""
        claimed = self._round(queue, room, self._turns[queue])
        if len(claimed) < room.jobs and self._turns[queue] != Turn():
            claimed += self._round(queue, room.after(job.tenant_id for job in claimed), Turn())
        if claimed:
            self._turns[queue] = Turn(claimed[-1].tenant_id, "infinity")
        return claimed

    def _round(self, queue: QueueName, room: Room, after: Turn) -> list[ClaimedJob]:
        values = {"queue": queue, "jobs": room.jobs, "each": room.each, "barred": list(room.barred)}
        values |= {"tenant": after.tenant, "moment": after.moment}
        with self._db.single() as connection:
            rows = CLAIM_WAITING.rows(connection, values)
        return [_claimed(row) for row in sorted(rows, key=lambda row: row.place)]

    def renew(self, job_ids: Collection[str]) -> set[str]:
        """Those whose rows are gone, or were cancelled."""
        if not job_ids:
            return set()
        with self._db.begin() as session:
            LEASE.renew(session, job_ids)
            its = Job.state != JobState.CANCELLED
            return set(job_ids) - set(session.scalars(select(Job.id).where(Job.id.in_(job_ids), its)))

    def give_back_lost(self) -> Sequence[tuple[str, QueueName]]:
        """Those whose worker is gone wait again."""
        return self._give_back(LEASE.is_expired)

    def give_back(self, job_ids: Collection[str]) -> Sequence[tuple[str, QueueName]]:
        return self._give_back(and_(Job.id.in_(job_ids), LEASE.is_held))

    def _give_back(self, which: ColumnElement[bool]) -> Sequence[tuple[str, QueueName]]:
        again = update(Job).where(Job.state == JobState.RUNNING, which).values(
            state=JobState.QUEUED, lease_until=None, lost_attempts=Job.lost_attempts + 1
        )  # fmt: skip
        with self._db.begin() as session:
            rows = session.execute(again.returning(Job.id, Job.queue).execution_options(synchronize_session=False))
            return [(job_id, QueueName(queue)) for job_id, queue in rows]


def _claimed(row: Any) -> ClaimedJob:
    return ClaimedJob(
        row.id, row.name, QueueName(row.queue), row.tenant_id, row.arguments, row.attempts, row.lost_attempts
    )
