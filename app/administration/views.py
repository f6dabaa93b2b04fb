"""Keys, revocations and the audit log over HTTP: for owners their tenant's, for operators everybody's."""

from sqlalchemy.orm import Session

from app.administration import schemas, service
from app.administration.service import MadeKey
from app.auth.principals import Principal
from app.auth.roles import AUDIT, KEYS, REVOCATIONS
from app.web.operations import Operations
from app.web.schemas import TenantQuery
from app.web.unified import Blueprint, errors

blp = Blueprint("administration", __name__, url_prefix="/admin", description="Access: keys, revocations, audit log")
operation = Operations(blp, KEYS, errors, sessions=True)


@operation("GET", "/api-keys", takes=TenantQuery, gives=schemas.KeysOut)
def list_keys(session: Session, principal: Principal, query: dict[str, str | None]) -> dict[str, object]:
    """List the API keys that are not revoked, oldest first"""
    found = service.list_keys(session, principal, query["tenant"])
    return {"api_keys": found, "total": len(found)}


@operation("POST", "/api-keys", takes=schemas.KeyIn, gives=schemas.MadeKeyOut, status=201, fails=(400, 409))
def make_key(session: Session, principal: Principal, body: schemas.NewKey) -> MadeKey:
    """Make an API key; it is shown this once"""
    return service.make_key(session, principal, body)


@operation("DELETE", "/api-keys/<key_id>", status=204)
def revoke_key(session: Session, principal: Principal, key_id: str) -> None:
    """Revoke an API key: refused everywhere, and its sockets closed, within five seconds"""
    service.revoke_key(session, principal, key_id)


@operation("POST", "/revocations", takes=schemas.RevocationIn, gives=schemas.RevocationOut, status=201, of=REVOCATIONS)
def revoke(session: Session, principal: Principal, body: schemas.NewRevocation) -> dict[str, object]:
    """Revoke a person's tokens, or one token

    All tokens of `user_id` that were issued before `issued_before` (now, unless given), or the one with this `jti`.
    They are refused everywhere within five seconds; sockets and streams that they opened end.
    """
    return service.revoke(session, principal, body)


@operation("GET", "/audit", takes=schemas.AuditQuery, gives=schemas.AuditOut, of=AUDIT)
def read_audit(session: Session, principal: Principal, query: schemas.AuditSearch) -> dict[str, object]:
    """Read the audit log, newest first

    What people, keys and commands did with access and secrets. An operator who names no `tenant` sees all of it.
    """
    page = service.list_entries(session, principal, query)
    last = page.items[-1].id if page.has_more else None
    return {"entries": page.items, "has_more": page.has_more, "next_before": last}
