"""Telling what is due: each occurrence once, however many workers there are and whenever one dies.

Everything that belongs to one occurrence is one transaction: its run, its conversation, its event, the jobs of other
channels, and when the reminder comes next.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import new_id
from app.db.rows import each
from app.db.session import Database
from app.feeds import service as feeds
from app.jobs.queue import queue
from app.reminders import occurrences
from app.reminders.interfaces import Conversations
from app.reminders.models import Channel, Reminder, ReminderRun, ReminderSettings
from app.reminders.service import schedule_of
from app.reminders.settings import Settings
from app.workspace.models import Goal

DUE, DELIVER = "reminder.due", "reminders.deliver"
AT_ONCE = 100  # reminders of one transaction
MOST = 1000  # transactions of one look
BROKEN = timedelta(hours=1)  # until one that could not be told is tried again


def tell_due(db: Database, conversations: Conversations) -> int:
    """How many were looked at. What was missed while nothing ran comes once, not in a heap."""
    looked = 0
    for _ in range(MOST):
        with db.begin() as session:
            rows = _claimed(session, now())
            each("reminders.tell", rows, partial(_look, session, conversations), _set_aside)
        looked += len(rows)
        if len(rows) < AT_ONCE:
            break
    return looked


def _claimed(session: Session, moment: datetime) -> list[Reminder]:
    """Locked; those that another worker has in its hands are not waited for. In one order, as people's feeds lock."""
    due = select(Reminder).where(Reminder.next_at <= moment).order_by(Reminder.next_at).limit(AT_ONCE)
    rows = session.scalars(due.with_for_update(skip_locked=True)).all()
    return sorted(rows, key=lambda row: (row.tenant_id, row.user_id))


def _look(session: Session, conversations: Conversations, row: Reminder) -> None:
    moment = now()
    with session.begin_nested():
        settings = _settings(session, row)
        if not _skip_pause(row, settings, moment):
            held = max(_holds(session, row, settings, moment), default=None)
            if held is None:
                _tell(session, row, conversations, moment)
            else:
                row.next_at = held


def _set_aside(row: Reminder) -> None:
    row.next_at = now() + BROKEN


def _settings(session: Session, row: Reminder) -> Settings:
    found = session.get(ReminderSettings, (row.tenant_id, row.user_id))
    if found is None:
        return Settings()
    return Settings(found.per_day, found.cool_down_hours, found.quiet_from, found.quiet_to, found.paused_until)


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
    begin, end = (
        (row.quiet_from, row.quiet_to) if row.quiet_from is not None else (settings.quiet_from, settings.quiet_to)
    )
    if begin is not None and end is not None:
        quiet = occurrences.quiet_until(moment, row.timezone, begin, end)
        if quiet:
            yield quiet
    if _told_since(session, row, occurrences.day_begins(moment, row.timezone)) >= settings.per_day:
        yield occurrences.next_day(moment, row.timezone)
    cooled = row.last_at + timedelta(hours=settings.cool_down_hours) if row.last_at else moment
    if cooled > moment and not _is_answered(session, row):
        yield cooled


def _told_since(session: Session, row: Reminder, since: datetime) -> int:
    its = and_(ReminderRun.owned_by(row), ReminderRun.sent_at >= since)
    return session.scalar(select(func.count()).select_from(ReminderRun).where(its)) or 0


def _is_answered(session: Session, row: Reminder) -> bool:
    last = select(ReminderRun.answered_at).where(ReminderRun.reminder_id == row.id)
    return session.scalar(last.order_by(ReminderRun.sent_at.desc()).limit(1)) is not None


def _tell(session: Session, row: Reminder, conversations: Conversations, moment: datetime) -> None:
    occurs_at = row.occurs_at or moment
    session_id = conversations.begin(session, row, _said(session, row))
    run = ReminderRun(
        id=new_id("run"), tenant_id=row.tenant_id, user_id=row.user_id, reminder_id=row.id, occurs_at=occurs_at,
        sent_at=moment, session_id=session_id,
    )  # fmt: skip
    session.add(run)
    row.last_at = moment
    row.occurs_at = row.next_at = schedule_of(row).after(max(occurs_at, moment)) if row.rrule else None
    session.flush()
    for channel in row.channels:
        if channel != Channel.FEED:
            queue.enqueue(session, DELIVER, row.tenant_id, row.user_id, run_id=run.id, channel=channel)
    if Channel.FEED in row.channels:
        data = {"reminder_id": row.id, "kind": row.kind, "text": row.text, "session_id": session_id}
        feeds.append(session, row.tenant_id, row.user_id, DUE, data)


def _said(session: Session, row: Reminder) -> str:
    """What the coach begins the conversation with: the words that were set, and the goal that they are about."""
    its = Goal.id == row.goal_id, Goal.owned_by(row)
    title = session.scalar(select(Goal.title).where(*its)) if row.goal_id else None
    return f"{row.text} ({title})" if title and title not in row.text else row.text
