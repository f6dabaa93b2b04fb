"""Whose finished week is due to be written, and which weeks of the past have nothing written yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import AccountSettings
from app.accounts.settings import DEFAULT_ZONE
from app.auth.principals import Principal
from app.core.weeks import Week
from app.db.ownership import Owned
from app.db.rows import each
from app.jobs.models import Job, JobState
from app.weekly.models import WeeklyInsight
from app.workspace import calendar
from app.workspace.models import JournalEntry

JOB = "chat.weekly_insight"
SPREAD = timedelta(hours=6)  # after the week's end; each person has a moment of their own in it
GRACE = timedelta(days=1)  # how long a week that could not be written is tried again
PAUSE = timedelta(hours=2)  # between two tries
MOST_AT_ONCE = 2000  # of one time zone


@dataclass(frozen=True, slots=True)
class Due:
    """A week of a person that has entries and nothing written."""

    principal: Principal
    week: Week
    entries: int = 0


def due(session: Session, moment: datetime) -> list[Due]:
    """Those who want it, in each time zone whose week has ended lately."""
    zones = select(AccountSettings.timezone).where(AccountSettings.weekly_digest).distinct()
    found: list[Due] = []

    def look(zone: str) -> None:
        week = Week.containing(moment, zone).before
        if moment - week.next_start < SPREAD + GRACE:
            found.extend(_due_in(session, week, moment))

    each("chat.weekly_insights", session.scalars(zones).all(), look)
    return found


def missing(session: Session, person: Principal, zone: str, moment: datetime, weeks: int) -> list[Due]:
    """The finished weeks of one person that nothing is written about, the oldest first."""
    this_week = Week.containing(moment, zone)
    first = Week(this_week.of - timedelta(weeks=weeks), zone)
    local = calendar.entry_day(zone)
    since_saturday = cast((func.extract("isodow", local) + 1) % 7, Integer)
    week_of = (local - since_saturday).label("week_of")
    within = calendar.entries_between(first.start, this_week.start, zone)
    rows = session.execute(
        select(week_of, func.count()).where(JournalEntry.owned_by(person), within).group_by(week_of).order_by(week_of)
    )
    written = select(WeeklyInsight.week_of).where(WeeklyInsight.owned_by(person), WeeklyInsight.content.is_not(None))
    known = set(session.scalars(written))
    return [Due(person, Week(day, zone), number) for day, number in rows if day not in known]


def people(
    session: Session, *, everybody: bool, tenant: str | None, user: str | None
) -> Iterator[tuple[Principal, str]]:
    """Those who want their weeks written, or everybody who keeps a journal, with their time zones."""
    owner: type[Owned] = JournalEntry if everybody or user else AccountSettings
    query = select(owner.tenant_id, owner.user_id, AccountSettings.timezone)
    if owner is JournalEntry:
        query = query.outerjoin(AccountSettings, and_(*_same(JournalEntry))).distinct()
    else:
        query = query.where(AccountSettings.weekly_digest)
    query = query.where(owner.tenant_id == tenant) if tenant else query
    query = query.where(owner.user_id == user) if user else query
    for tenant_id, user_id, zone in session.execute(query):
        yield Principal(user_id, tenant_id), zone or DEFAULT_ZONE


def _due_in(session: Session, week: Week, moment: datetime) -> list[Due]:
    query = select(AccountSettings.tenant_id, AccountSettings.user_id).where(
        AccountSettings.weekly_digest, AccountSettings.timezone == week.zone, _has_entries(week),
        ~_is_written(week, moment), ~_is_asked_for(), _place() <= (moment - week.next_start).total_seconds(),
    )  # fmt: skip
    rows = session.execute(query.limit(MOST_AT_ONCE))
    return [Due(Principal(user_id, tenant_id), week) for tenant_id, user_id in rows]


def _place() -> ColumnElement[int]:
    """The person's own second after a week's end, the same every week."""
    mark = func.hashtext(AccountSettings.tenant_id + ":" + AccountSettings.user_id)
    return func.abs(cast(mark, BigInteger)) % int(SPREAD.total_seconds())


def _has_entries(week: Week) -> ColumnElement[bool]:
    within = calendar.entries_between(week.start, week.next_start, week.zone)
    return exists().where(*_same(JournalEntry), within)


def _is_written(week: Week, moment: datetime) -> ColumnElement[bool]:
    """Or was tried a moment ago."""
    tried = WeeklyInsight.updated_at > moment - PAUSE
    its = WeeklyInsight.week_of == week.of, or_(WeeklyInsight.content.is_not(None), tried)
    return exists().where(*_same(WeeklyInsight), *its)


def _is_asked_for() -> ColumnElement[bool]:
    """A worker has not got to it yet, or is at it."""
    waiting = Job.name == JOB, Job.state.in_([JobState.QUEUED, JobState.RUNNING])
    return exists().where(*_same(Job), *waiting)


def _same(model: type[Owned] | type[Job]) -> Sequence[ColumnElement[bool]]:
    return model.tenant_id == AccountSettings.tenant_id, model.user_id == AccountSettings.user_id
