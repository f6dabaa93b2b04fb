"""Keys, revocations and the audit log, as owners see their tenant's and operators everybody's."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration.schemas import AuditSearch, NewKey, NewRevocation
from app.auth import api_keys, audit, revocations
from app.auth.api_keys import Terms
from app.auth.models import ApiKey, AuditEntry
from app.auth.principals import Principal, Role
from app.auth.roles import tenant_of
from app.core.errors import Unprocessable
from app.db.pages import Page


@dataclass(frozen=True, slots=True)
class MadeKey:
    """``key`` is what nobody can read again."""

    subject: ApiKey
    key: str


def list_keys(session: Session, principal: Principal, tenant: str | None) -> list[ApiKey]:
    owner = tenant_of(principal, tenant)
    if owner != principal.tenant_id:
        audit.note(principal, "api_keys.list", "", owner)
    return list(api_keys.live(session, owner))


def make_key(session: Session, principal: Principal, new: NewKey) -> MadeKey:
    owner = tenant_of(principal, new.tenant)
    terms = Terms(new.scopes, new.origins, new.hosts, new.networks, new.rate, new.expires_at)
    key = api_keys.create(session, owner, new.name, new.allow, terms)
    audit.record(session, principal, "api_key.create", new.name, owner)
    return MadeKey(session.scalars(select(ApiKey).where(ApiKey.prefix == api_keys.parts(key)[0])).one(), key)


def revoke_key(session: Session, principal: Principal, key_id: str) -> None:
    anywhere = principal.role is Role.OPERATOR
    row = api_keys.revoke_one(session, key_id, None if anywhere else principal.tenant_id)
    audit.record(session, principal, "api_key.revoke", row.name, row.tenant_id)


def revoke(session: Session, principal: Principal, new: NewRevocation) -> dict[str, object]:
    """Raises ``Unprocessable`` for what is neither a person nor a token."""
    owner = tenant_of(principal, new.tenant)
    told: dict[str, object] = {"tenant": owner, "user_id": new.user, "jti": new.token_id}
    if new.user is not None and new.token_id is None:
        told["issued_before"] = revocations.revoke_person(session, owner, new.user, new.issued_before)
        audit.record(session, principal, "tokens.revoke", new.user, owner)
    elif new.token_id is not None and new.user is None:
        revocations.revoke_token(session, owner, new.token_id)
        audit.record(session, principal, "token.revoke", new.token_id, owner)
    else:
        raise Unprocessable("Either user_id or jti is required", code="VALIDATION_ERROR")
    return told


def list_entries(session: Session, principal: Principal, search: AuditSearch) -> Page[AuditEntry]:
    """Newest first. That an operator reads others' entries leaves an entry too."""
    owner = search.tenant if principal.role is Role.OPERATOR else tenant_of(principal, search.tenant)
    if owner != principal.tenant_id:
        audit.note(principal, "audit.read", "", owner)
    wanted = {AuditEntry.tenant_id: owner, AuditEntry.actor: search.actor, AuditEntry.action: search.action}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    if search.before is not None:
        conditions.append(AuditEntry.id < search.before)
    query = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc()).limit(search.limit + 1)
    rows = session.scalars(query).all()
    return Page(rows[: search.limit], len(rows) > search.limit)
