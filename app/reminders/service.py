"""Reminders and check-ins of a person: made, listed, changed, answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import NotRequired, TypedDict, cast
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import settings as accounts
from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, Conflict, NotFound
from app.db.ownership import owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.identity import people
from app.reminders import occurrences
from app.reminders.models import MOST, Channel, Kind, Reminder, ReminderRun
from app.reminders.occurrences import Schedule
from app.reminders.settings import Hours, SettingsChanges, columns
from app.workspace import goals, progress
from app.workspace.models import Goal
from app.workspace.queries import find_goal

MORNING = time(9)  # of a day without a time
DONE = frozenset({"true", "yes", "done", "1"})
TIMED = {"at", "rrule", "timezone"}


class Changes(TypedDict, total=False):
    """What is not named stays as it is. ``at`` without a zone is on the clocks of ``timezone``."""

    kind: Kind
    text: str
    goal_id: str | None
    at: datetime
    rrule: str | None
    timezone: str
    channels: Sequence[Channel]
    webhook_url: str | None
    quiet_hours: Hours | None
    paused_until: datetime | None


class Answer(TypedDict):
    """A word, a number or a tap; or a sentence."""

    value: NotRequired[str]
    text: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """``progress_id`` is the note that the answer became, where the reminder has a goal."""

    subject: ReminderRun
    progress_id: str | None = None


def create(session: Session, principal: Principal, new: Changes) -> Reminder:
    """Raises ``BadRequest`` for one that would never come, ``Conflict`` past ``MOST``."""
    if (session.scalar(select(func.count()).where(Reminder.owned_by(principal))) or 0) >= MOST:
        raise Conflict(f"There are {MOST} reminders already")
    _refuse_lost(session, principal, new, new.get("channels", ()))
    row = Reminder(**owner_columns(principal), kind=Kind.REMINDER, channels=[Channel.FEED])
    row.timezone = new.get("timezone") or accounts.time_zone(session, principal)
    if "at" not in new and not new.get("rrule"):
        raise BadRequest("at or rrule is required")
    row.at = now().replace(second=0, microsecond=0)
    _apply(row, new)
    session.add(row)
    return row


def page(session: Session, principal: Principal, asked: PageRequest) -> Page[Reminder]:
    """Newest first."""
    query = select(Reminder).where(Reminder.owned_by(principal))
    return keyset_page(session, query, Reminder.created_at, principal, asked, counted=True)


def find(session: Session, principal: Principal, reminder_id: str, *, lock: bool = False) -> Reminder:
    query = select(Reminder).where(Reminder.id == reminder_id, Reminder.owned_by(principal))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("Reminder not found")
    return row


def update(session: Session, principal: Principal, reminder_id: str, changes: Changes) -> Reminder:
    row = find(session, principal, reminder_id, lock=True)
    _refuse_lost(session, principal, changes, changes.get("channels", row.channels), row.webhook_url)
    _apply(row, changes)
    row.updated_at = now()
    return row


def remove(session: Session, principal: Principal, reminder_id: str) -> None:
    row = find(session, principal, reminder_id, lock=True)
    session.execute(delete(Reminder).where(Reminder.id == row.id, Reminder.owned_by(principal)))


def runs(session: Session, principal: Principal, reminder_id: str, asked: PageRequest) -> Page[ReminderRun]:
    """When it was told and what was answered, newest first."""
    find(session, principal, reminder_id)
    query = select(ReminderRun).where(ReminderRun.reminder_id == reminder_id, ReminderRun.owned_by(principal))
    return keyset_page(session, query, ReminderRun.sent_at, principal, asked)


def answer(session: Session, principal: Principal, reminder_id: str, given: Answer) -> Answered:
    """To the last time that it was told; the same again changes nothing. Raises ``Conflict`` before the first."""
    row = find(session, principal, reminder_id, lock=True)
    its = ReminderRun.reminder_id == row.id, ReminderRun.owned_by(principal)
    run = session.scalar(select(ReminderRun).where(*its).order_by(ReminderRun.sent_at.desc()).limit(1))
    if run is None:
        raise Conflict("This reminder has not been told yet")
    value, text = given.get("value"), given.get("text")
    if run.answered_at and (run.value, run.text) == (value, text):
        return Answered(run)
    run.value, run.text, run.answered_at = value, text, now()
    return Answered(run, _noted(session, principal, row, text or value or ""))


def schedule_of(row: Reminder) -> Schedule:
    return Schedule(row.at, row.rrule, row.timezone)


def _apply(row: Reminder, changes: Changes) -> None:
    """Sets what is named, and when it comes next if that follows from it."""
    zone = changes.get("timezone", row.timezone)
    named = columns(cast(SettingsChanges, changes))
    if "at" in changes:
        named["at"] = _located(changes["at"], zone)
    if changes.get("rrule"):
        named["rrule"] = occurrences.normalised(changes["rrule"] or "")
    for name, value in named.items():
        setattr(row, name, value)
    if TIMED & changes.keys():
        _plan(row)


def _plan(row: Reminder) -> None:
    comes = schedule_of(row).after(now())
    if comes is None:
        raise BadRequest("at must be in the future" if row.rrule is None else "rrule never comes again")
    row.occurs_at = row.next_at = comes


def _located(at: datetime, zone: str) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def _refuse_lost(
    session: Session, principal: Principal, changes: Changes, channels: Collection[str], address: str | None = None
) -> None:
    """What would be sent nowhere, or is about nothing."""
    if Channel.EMAIL in channels and not people.confirmed_address(session, principal.user_id):
        raise BadRequest("The channel email needs an account with a confirmed address")
    if Channel.WEBHOOK in channels and not changes.get("webhook_url", address):
        raise BadRequest("The channel webhook needs a webhook_url")
    if goal_id := changes.get("goal_id"):
        find_goal(session, principal, goal_id)


def _noted(session: Session, principal: Principal, row: Reminder, said: str) -> str | None:
    """A note with the goal, and a habit's day where the answer says that it was done."""
    its = Goal.id == row.goal_id, Goal.owned_by(principal)
    goal = session.scalar(select(Goal).where(*its)) if row.goal_id else None
    if goal is None:
        return None
    note = progress.add(session, principal, goal.id, f"{row.text}: {said}"[:2000])
    if goal.is_habit and said.strip().lower() in DONE:
        goals.mark_habit(session, principal, goal.id)
    session.flush()
    return note.id
