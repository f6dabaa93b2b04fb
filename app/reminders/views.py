"""Reminders and check-ins over HTTP."""

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.db.session import db
from app.reminders import schemas, service, settings
from app.reminders.models import Reminder
from app.web.blueprints import Blueprint
from app.web.documents import zoned
from app.web.operations import Operations, removal, view_of
from app.webhooks import deliveries
from app.workspace.schemas.lists import PageQuery, RemovedOut

blp = Blueprint(
    "reminders", __name__, url_prefix="/api/v1/reminders", description="What I am reminded of, and asked about"
)
operation = Operations(blp, OWN, sessions=True)
writing = Operations(blp, OWN, notes=[zoned()])
KEPT = hears("reminders", "text", keeps=True)


@writing(
    "POST", "", takes=schemas.ReminderIn, gives=schemas.ReminderWrittenOut, status=201, fails=(409, 422), hears=KEPT
)
def create_reminder(principal: Principal, body: service.Changes) -> Reminder:
    """Set a reminder or a check-in

    Once (`at`), or by a rule (`rrule`), on the clocks of `timezone`. When it is due, `reminder.due` comes on the event
    socket with the conversation that it opens, and is posted to `webhook_url` where the channel is `webhook` (signed,
    see `GET /ai/webhook-secret`). What was missed while the service was away comes once.
    """
    _check_webhook(body)
    with db.begin() as session:
        return service.create(session, principal, body)


operation("GET", "", takes=PageQuery, gives=schemas.RemindersOut)(
    view_of(service.page, "List my reminders, newest first")
)
operation("GET", "/settings", gives=schemas.ReminderSettingsOut)(
    view_of(settings.read, "What holds for all my reminders")
)
operation("PUT", "/settings", takes=schemas.ReminderSettingsIn, gives=schemas.ReminderSettingsOut)(
    view_of(settings.change, "Change what holds for all my reminders")
)
operation("GET", "/<reminder_id>", gives=schemas.ReminderOut)(view_of(service.find, "Get a reminder"))


@writing(
    "PUT PATCH",
    "/<reminder_id>",
    takes=schemas.ReminderChangeIn,
    gives=schemas.ReminderWrittenOut,
    fails=(422,),
    hears=KEPT,
)
def change_reminder(principal: Principal, body: service.Changes, reminder_id: str) -> Reminder:
    """Change what is named of a reminder"""
    _check_webhook(body)
    with db.begin() as session:
        return service.update(session, principal, reminder_id, body)


operation("DELETE", "/<reminder_id>", gives=RemovedOut)(
    view_of(removal("Reminder", service.remove), "Delete a reminder")
)
operation("GET", "/<reminder_id>/runs", takes=PageQuery, gives=schemas.RunsOut)(
    view_of(service.runs, "When a reminder was told, and what I answered")
)
operation(
    "POST", "/<reminder_id>/answer", takes=schemas.AnswerIn, gives=schemas.AnsweredOut, fails=(409,),
    hears=hears("reminders", "text", "value", keeps=True),
)(
    view_of(
        service.answer,
        "Answer a reminder",
        "To the last time that it was told. With a goal the answer becomes a progress note, and marks a habit as done.",
    )
)  # fmt: skip


def _check_webhook(body: service.Changes) -> None:
    if address := body.get("webhook_url"):
        deliveries.check(address)
