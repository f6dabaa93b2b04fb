"""Telling those who look after a tenant's people of a crisis: whose, where and when, never the words."""

from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.care.models import CareEvent, TenantCare
from app.config.settings import Settings
from app.core.clock import iso
from app.core.json import JSONObject
from app.db.session import db
from app.feeds import service as feeds
from app.jobs.models import QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition
from app.web.container import resolve
from app.webhooks import deliveries

CRISIS = "care.crisis"
DELIVER = "care.webhook"
ATTEMPTS = 10  # over some four minutes
NOBODY_WAITS = text("SET LOCAL lock_timeout = '1s'")  # for help: past it the event is written beside the answer


def raise_alarm(session: Session, event: CareEvent) -> None:
    """Comes last in the transaction that stores the event, which ends right after."""
    session.execute(NOBODY_WAITS)
    session.flush()
    queue.enqueue(session, DELIVER, event.tenant_id, event.user_id, event_id=event.id)
    feeds.append_for_tenant(session, event.tenant_id, CRISIS, told(event, wishes_of(session, event.tenant_id)))


@dataclass(frozen=True, slots=True)
class Wishes:
    """A tenant's: an address of its own, and the user id of the coach on call. Each is empty without one."""

    webhook_url: str = ""
    on_call: str = ""


def told(event: CareEvent, wishes: Wishes) -> JSONObject:
    on_call: JSONObject = {"on_call": wishes.on_call} if wishes.on_call else {}
    return {
        "user_id": event.user_id, "path": event.path, "level": event.level, "category": event.category,
        "at": iso(event.created_at), **on_call,
    }  # fmt: skip


def wishes_of(session: Session, tenant: str) -> Wishes:
    query = select(TenantCare.webhook_url, TenantCare.on_call).where(TenantCare.tenant_id == tenant)
    row = session.execute(query).one_or_none()
    return Wishes(*row) if row else Wishes()


def deliver(event_id: int) -> None:
    """To the tenant's own address, else to the service's."""
    with db.read() as session:
        event = session.get(CareEvent, event_id)
        wishes = wishes_of(session, event.tenant_id) if event else Wishes()
    address = wishes.webhook_url or resolve(Settings).care_webhook_url
    if event is None or not address:
        return
    body: JSONObject = {
        "type": CRISIS,
        "timestamp": iso(event.created_at),
        "data": {"tenant": event.tenant_id, **told(event, wishes)},
    }
    deliveries.deliver(event.tenant_id, address, body, f"care_{event.id}")


JOBS = (JobDefinition(DELIVER, deliver, QueueName.INTERACTIVE, attempts=ATTEMPTS),)
