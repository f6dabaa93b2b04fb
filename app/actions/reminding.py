"""Actions that come back to the person later, by the functions that REST calls."""

from functools import partial
from typing import cast

from app.actions.snapshots import Rows, Scope
from app.actions.work import Fields, Work
from app.core.json import JSONObject
from app.reminders import service
from app.reminders.models import Kind, Reminder
from app.reminders.schemas import ReminderOut
from app.reminders.service import Changes

SHAPE = ReminderOut()


def _create(kind: Kind, work: Work, given: Fields) -> str:
    row = service.create(work.session, work.principal, cast(Changes, {**given, "kind": kind}))
    work.session.flush()
    return row.id


def rows(_: Fields, reminder_id: str | None) -> Scope:
    return (Rows(Reminder, {"id": reminder_id}),) if reminder_id else ()


def show(work: Work, _: Fields, reminder_id: str) -> JSONObject:
    shown: JSONObject = SHAPE.dump(service.find(work.session, work.principal, reminder_id))
    return shown


create_reminder, create_check_in = partial(_create, Kind.REMINDER), partial(_create, Kind.CHECK_IN)
