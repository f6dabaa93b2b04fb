"""What operators and tenants set: lines of help, and where a crisis is told."""

from dataclasses import asdict, dataclass
from typing import NotRequired, TypedDict

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.principals import Principal
from app.auth.roles import tenant_of
from app.care import alarms
from app.care.alarms import Wishes
from app.care.directory import Directory, Listed
from app.care.models import CareResource, TenantCare
from app.care.resources import Kind
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.json import JSONObject
from app.db.locks import advisory_lock
from app.db.session import after_commit, db
from app.webhooks import deliveries

CHANGES = "care.resources"  # one at a time


@dataclass(frozen=True, slots=True)
class Line:
    """As an operator writes it. Empty is what it has not."""

    name: str
    country: str
    hidden: bool
    kind: Kind
    url: str
    phone: str
    sms: str
    hours: str
    languages: list[str]
    categories: list[str]


def add(session: Session, principal: Principal, directory: Directory, line: Line) -> CareResource:
    """Raises ``Conflict`` for one that an operator has written already."""
    row = CareResource()
    _write(session, row, line, principal.user_id)
    session.add(row)
    session.flush()
    _done(session, principal, directory, "care.resource.add", row)
    return row


def replace(session: Session, principal: Principal, directory: Directory, resource_id: str, line: Line) -> CareResource:
    row = _find(session, resource_id)
    _write(session, row, line, principal.user_id)
    _done(session, principal, directory, "care.resource.change", row)
    return row


def remove(session: Session, principal: Principal, directory: Directory, resource_id: str) -> None:
    """What is built in under its name counts again."""
    row = _find(session, resource_id)
    session.delete(row)
    _done(session, principal, directory, "care.resource.remove", row)


def serialize(listed: Listed) -> JSONObject:
    row = listed.resource
    return {
        "id": listed.id or None, "origin": listed.origin, "hidden": listed.hidden, "kind": row.kind,
        "categories": list(row.categories), "phone": row.phone, "sms": row.sms, **row.wire(),
    }  # fmt: skip


def webhook(principal: Principal, asked: str | None) -> JSONObject:
    """That an operator reads another tenant's leaves an entry there."""
    tenant = tenant_of(principal, asked)
    if tenant != principal.tenant_id:
        audit.note(principal, "care.webhook.read", "", tenant)
    with db.read() as session:
        return _shown(tenant, alarms.wishes_of(session, tenant))


class Wished(TypedDict):
    """Who is on call stays as it is where that is not named."""

    tenant: str | None
    webhook_url: str | None
    on_call: NotRequired[str | None]


def set_webhook(principal: Principal, wished: Wished) -> JSONObject:
    """Raises ``FetchRefused`` for an address that nothing would be sent to."""
    tenant, url = tenant_of(principal, wished["tenant"]), wished["webhook_url"] or ""
    if url:
        deliveries.check(url)
    changed = {"webhook_url": url, "updated_at": now(), "updated_by": principal.user_id}
    if "on_call" in wished:
        changed["on_call"] = wished["on_call"] or ""
    row = insert(TenantCare).values(tenant_id=tenant, **changed)
    with audit.recorded(principal, "care.webhook.write", "", tenant) as session:
        session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=changed))
        return _shown(tenant, alarms.wishes_of(session, tenant))


def _shown(tenant: str, wishes: Wishes) -> JSONObject:
    return {"tenant": tenant, "webhook_url": wishes.webhook_url or None, "on_call": wishes.on_call or None}


def _find(session: Session, resource_id: str) -> CareResource:
    advisory_lock(session, CHANGES)
    row = session.get(CareResource, resource_id)
    if row is None:
        raise NotFound("Resource not found")
    return row


def _write(session: Session, row: CareResource, line: Line, by: str) -> None:
    advisory_lock(session, CHANGES)
    same = CareResource.country == line.country, CareResource.name == line.name, CareResource.id != (row.id or "")
    if session.scalar(select(CareResource.id).where(*same)):
        raise Conflict("There is one of this name and country already", code="RESOURCE_EXISTS")
    for name, value in {**asdict(line), "updated_at": now(), "updated_by": by}.items():
        setattr(row, name, value)


def _done(session: Session, principal: Principal, directory: Directory, action: str, row: CareResource) -> None:
    audit.record(session, principal, action, f"{row.country or 'all'} {row.name}", None)
    after_commit(session, directory.changed)
