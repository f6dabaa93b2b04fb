"""For how many days rows are kept: by setting, and by tenant where operators have set it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.json import JSONObject, as_object
from app.core.retention import Aging, Days
from app.privacy.retention.models import TenantRetention


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose rows are kept so long: a tenant's, or, without one, those of all that have no say of their own."""

    days: Days
    tenant: str | None = None
    others: frozenset[str] = frozenset()


def write(session: Session, tenant: str, body: Mapping[str, int | None], operator_id: str) -> None:
    """All of them: what was set before and is not named is the settings' again."""
    days = {kind: body[kind.name_of_days] for kind in Aging if kind.name_of_days in body}
    values = {"days": days, "updated_at": now(), "updated_by": operator_id}
    row = insert(TenantRetention).values(tenant_id=tenant, **values)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def remove(session: Session, tenant: str) -> None:
    session.execute(delete(TenantRetention).where(TenantRetention.tenant_id == tenant))


def shown(session: Session, tenant: str, usual: Days) -> JSONObject:
    """What holds for a tenant, and which of it was set for it alone."""
    own = _own_of(session, tenant)
    held = {kind.name_of_days: days for kind, days in {**usual, **own}.items()}
    return {"tenant": tenant, **held, "own": sorted(kind.name_of_days for kind in own)}


def days_of(session: Session, tenant: str, usual: Days) -> Days:
    return {**usual, **_own_of(session, tenant)}


def holdings(session: Session, usual: Days, tenant: str | None = None) -> list[Holding]:
    """Everybody is in one of them; or the one of a tenant."""
    if tenant is not None:
        return [Holding(days_of(session, tenant, usual), tenant)]
    rows = session.execute(select(TenantRetention.tenant_id, TenantRetention.days).order_by(TenantRetention.tenant_id))
    own = [Holding({**usual, **_own(days)}, tenant) for tenant, days in rows]
    return [*own, Holding(usual, others=frozenset(one.tenant or "" for one in own))]


def _own_of(session: Session, tenant: str) -> dict[Aging, int | None]:
    return _own(session.scalar(select(TenantRetention.days).where(TenantRetention.tenant_id == tenant)))


def _own(stored: object) -> dict[Aging, int | None]:
    """What a later version may have written for other kinds is left alone."""
    days = as_object(stored)
    return {kind: value if isinstance(value := days[kind], int) else None for kind in Aging if kind in days}
