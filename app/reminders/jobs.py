"""Reminders in a worker: telling what is due, and the channels beside the feed."""

from app.config.settings import Settings
from app.core.clock import iso
from app.core.json import JSONObject
from app.db.session import db
from app.identity import mail_requests, people
from app.identity.models import MailKind
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.push import service as push
from app.reminders.due import DELIVER, DUE, tell_due
from app.reminders.interfaces import Conversations
from app.reminders.models import Channel, Reminder, ReminderRun
from app.web.container import resolve
from app.webhooks import deliveries


def tell() -> None:
    tell_due(db, resolve(Conversations))


def deliver(run_id: str, channel: str) -> None:
    with db.read() as session:
        run = session.get(ReminderRun, run_id)
        row = session.get(Reminder, run.reminder_id) if run else None
    if run is None or row is None:  # deleted meanwhile
        return
    if channel == Channel.WEBHOOK and row.webhook_url:
        deliveries.deliver(row.tenant_id, row.webhook_url, event_of(row, run), run.id)
    if channel == Channel.EMAIL:
        _mail(row)
    if channel == Channel.PUSH:
        push.send(db, row, event_of(row, run), frozenset(resolve(Settings).scan_allow_hosts))


def _mail(row: Reminder) -> None:
    with db.begin() as session:
        address = people.confirmed_address(session, row.user_id)
        if address:
            mail_requests.post(session, MailKind.REMINDER, address, row.tenant_id, row.user_id, text=row.text)


def event_of(row: Reminder, run: ReminderRun) -> JSONObject:
    """What a webhook and a browser are sent."""
    data: JSONObject = {
        "tenant": row.tenant_id, "user_id": row.user_id, "reminder_id": row.id, "kind": row.kind, "text": row.text,
        "session_id": run.session_id,
    }  # fmt: skip
    return {"type": DUE, "timestamp": iso(run.sent_at), "data": data}


JOBS = (
    JobDefinition(DELIVER, deliver, QueueName.INTERACTIVE, attempts=5),
    PeriodicJob("reminders.tell", tell, every=5),
)
