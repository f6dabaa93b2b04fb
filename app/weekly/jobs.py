"""Writing the weeks that have ended, for those who want it."""

from collections.abc import Sequence
from datetime import date, timedelta

import structlog

from app.auth.principals import Principal
from app.core.clock import now
from app.core.weeks import Week
from app.db.rows import each
from app.db.session import db
from app.jobs.models import QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition, PeriodicJob
from app.limits.permits import unlimited
from app.web.container import resolve
from app.weekly import schedule
from app.weekly.schedule import Due
from app.weekly.service import WeeklyService, WeekRequest

APART = timedelta(seconds=3)  # between two weeks that are written after the fact

log = structlog.get_logger()


def begin_due() -> None:
    with db.read() as session:
        found = schedule.due(session, now())
    ask_for(found)
    if found:
        log.info("weekly_insights_due", count=len(found))


def write(tenant_id: str, user_id: str, week_of: str, zone: str) -> None:
    """A week that is written already, or being written, is left alone."""
    week = Week(date.fromisoformat(week_of), zone)
    resolve(WeeklyService).generate(WeekRequest(Principal(user_id, tenant_id), week), unlimited("insights"))


def ask_for(found: Sequence[Due], apart: timedelta = timedelta()) -> None:
    """One job for each, the next one ``apart`` later."""

    def ask(placed: tuple[int, Due]) -> None:
        place, due = placed
        tenant, user = due.principal.tenant_id, due.principal.user_id
        with db.begin() as session:
            queue.enqueue(
                session, schedule.JOB, tenant, user, delay=place * apart, tenant_id=tenant, user_id=user,
                week_of=due.week.of.isoformat(), zone=due.week.zone,
            )  # fmt: skip

    each("chat.weekly_insights", enumerate(found), ask)


JOBS = (
    JobDefinition(schedule.JOB, write, QueueName.BATCH),
    PeriodicJob("chat.weekly_insights", begin_due, every=600),
)
