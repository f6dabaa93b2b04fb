"""Telling what is due: each occurrence once, however many workers there are and whenever one dies.

Everything that belongs to one occurrence is one transaction: its run, its conversation, its event, the jobs of other
channels, and when the reminder comes next.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned, Owner, owner_columns
from app.db.rows import each
from app.db.session import Database
from app.feeds import service as feeds
from app.jobs.queue import queue
from app.reminders import occurrences
from app.reminders.interfaces import Conversations
from app.reminders.models import Channel, Reminder, ReminderRun, ReminderSettings
from app.reminders.service import schedule_of
from app.reminders.settings import USUAL, Settings, settings_of
from app.workspace.models import Goal

DUE, DELIVER = "reminder.due", "reminders.deliver"
AT_ONCE = 100  # reminders of one transaction
MOST = 1000  # transactions of one look
LONGEST_DAY = timedelta(hours=26)  # of a place whose clocks are put back
BROKEN = timedelta(hours=1)  # until one that could not be told is tried again


def tell_due(db: Database, conversations: Conversations) -> int:
    """How many were looked at. What was missed while nothing ran comes once, not in a heap."""
    looked = 0
    for _ in range(MOST):
        with db.begin() as session:
            rows = _claimed(session, now())
            look = partial(_look, session, conversations)
            each("reminders.tell", [rows], look, partial(_one_by_one, look))
        looked += len(rows)
        if len(rows) < AT_ONCE:
            break
    return looked


def _claimed(session: Session, moment: datetime) -> list[Reminder]:
    """Locked; those that another worker has in its hands are not waited for. In one order, as people's feeds lock."""
    due = select(Reminder).where(Reminder.next_at <= moment).order_by(Reminder.next_at).limit(AT_ONCE)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()
    return sorted(rows, key=lambda row: (row.tenant_id, row.user_id))


def _one_by_one(look: Callable[[list[Reminder]], None], rows: list[Reminder]) -> None:
    each("reminders.tell", ([row] for row in rows), look, _set_aside)


def _set_aside(rows: list[Reminder]) -> None:
    for row in rows:
        row.next_at = now() + BROKEN


def _look(session: Session, conversations: Conversations, rows: list[Reminder]) -> None:
    moment = now()
    with session.begin_nested():
        people = People.of(session, rows)
        told = [row for row in rows if not _is_put_off(session, row, people, moment)]
        _tell(session, told, conversations, moment)


@dataclass(frozen=True, slots=True)
class People:
    """What counts for the owners of some reminders: their settings, and when they were told something of late."""

    settings: Mapping[tuple[str, str], Settings]
    told_at: Mapping[tuple[str, str], list[datetime]]

    @classmethod
    def of(cls, session: Session, rows: Sequence[Reminder]) -> "People":
        owners = {(row.tenant_id, row.user_id) for row in rows}
        told_at = defaultdict[tuple[str, str], list[datetime]](list)
        sent = ReminderRun.sent_at >= now() - LONGEST_DAY
        runs = select(ReminderRun.tenant_id, ReminderRun.user_id, ReminderRun.sent_at).where(sent)
        for tenant, user, moment in session.execute(runs.where(_are(ReminderRun, owners))):
            told_at[tenant, user].append(moment)
        found = session.scalars(select(ReminderSettings).where(_are(ReminderSettings, owners)))
        return cls({(row.tenant_id, row.user_id): settings_of(row) for row in found}, told_at)

    def of_owner(self, row: Reminder) -> Settings:
        return self.settings.get((row.tenant_id, row.user_id), USUAL)

    def has_room(self, row: Reminder, moment: datetime) -> bool:
        """Counts the row, if there is room for one more on the person's day."""
        told, begins = self.told_at[row.tenant_id, row.user_id], occurrences.day_begins(moment, row.timezone)
        if sum(told_at >= begins for told_at in told) >= self.of_owner(row).per_day:
            return False
        told.append(moment)
        return True


def _is_put_off(session: Session, row: Reminder, people: People, moment: datetime) -> bool:
    settings = people.of_owner(row)
    if _skip_pause(row, settings, moment):
        return True
    held = max(_holds(session, row, settings, moment), default=None)
    if held is None and not people.has_room(row, moment):
        held = occurrences.next_day(moment, row.timezone)
    row.next_at = held or row.next_at
    return held is not None


def _skip_pause(row: Reminder, settings: Settings, moment: datetime) -> bool:
    """What comes again is left out while there is a pause; what comes once waits until its end."""
    pauses = [until for until in (row.paused_until, settings.paused_until) if until and until > moment]
    if not pauses:
        return False
    until = max(pauses)
    following = schedule_of(row).after(until) if row.rrule else None
    row.next_at = following or until
    row.occurs_at = following or row.occurs_at
    return True


def _holds(session: Session, row: Reminder, settings: Settings, moment: datetime) -> Iterator[datetime]:
    """Until when each thing that stands in the way does."""
    own = row.quiet_from, row.quiet_to
    begin, end = own if row.quiet_from is not None else (settings.quiet_from, settings.quiet_to)
    if begin is not None and end is not None:
        quiet = occurrences.quiet_until(moment, row.timezone, begin, end)
        if quiet:
            yield quiet
    cooled = row.last_at + timedelta(hours=settings.cool_down_hours) if row.last_at else moment
    if cooled > moment and not _is_answered(session, row):
        yield cooled


def _is_answered(session: Session, row: Reminder) -> bool:
    last = select(ReminderRun.answered_at).where(ReminderRun.reminder_id == row.id)
    return session.scalar(last.order_by(ReminderRun.sent_at.desc()).limit(1)) is not None


def _tell(session: Session, rows: Sequence[Reminder], conversations: Conversations, moment: datetime) -> None:
    begun = conversations.begin(session, _openings(session, rows))
    runs = [_run_of(row, session_id, moment) for row, session_id in zip(rows, begun, strict=True)]
    session.add_all(runs)
    session.flush()
    for row, run in zip(rows, runs, strict=True):
        _deliver(session, row, run)


def _deliver(session: Session, row: Reminder, run: ReminderRun) -> None:
    for channel in row.channels:
        if channel == Channel.FEED:
            data = {"reminder_id": row.id, "kind": row.kind, "text": row.text, "session_id": run.session_id}
            feeds.append(session, row.tenant_id, row.user_id, DUE, data)
        else:
            queue.enqueue(session, DELIVER, row.tenant_id, row.user_id, run_id=run.id, channel=channel)


def _run_of(row: Reminder, session_id: str, moment: datetime) -> ReminderRun:
    """The row moves on to what comes next."""
    occurs_at = row.occurs_at or moment
    row.last_at = moment
    row.occurs_at = row.next_at = schedule_of(row).after(max(occurs_at, moment)) if row.rrule else None
    return ReminderRun(
        **owner_columns(row), id=new_id("run"), reminder_id=row.id, occurs_at=occurs_at, sent_at=moment,
        session_id=session_id,
    )  # fmt: skip


def _openings(session: Session, rows: Sequence[Reminder]) -> list[tuple[Owner, str]]:
    """What the coach begins each conversation with: the words that were set, and the goal that they are about."""
    ids = {row.goal_id for row in rows if row.goal_id}
    goals = session.scalars(select(Goal).where(Goal.id.in_(ids))).all() if ids else ()
    titles = {(goal.tenant_id, goal.user_id, goal.id): goal.title for goal in goals}
    said = ((row, titles.get((row.tenant_id, row.user_id, row.goal_id or ""))) for row in rows)
    return [(row, f"{row.text} ({title})" if title and title not in row.text else row.text) for row, title in said]


def _are(model: type[Owned], owners: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    return tuple_(model.tenant_id, model.user_id).in_(owners)
