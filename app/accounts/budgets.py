"""What tenants may spend, where operators have set it; the settings hold for all else."""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import TypedDict

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.models import TenantBudgets
from app.config.budgets import CURRENCY, PERIODS, SMALLEST, Bound, Bounds, Unit, bounds, smallest_parts
from app.core.clock import now
from app.core.errors import Unavailable
from app.core.json import JSONObject, as_object
from app.core.one_at_a_time import OneAtATime
from app.db.patience import AWAY
from app.db.session import Database

REMEMBERED = 4.0  # seconds; a change is in force everywhere within 5
REMEMBERED_TENANTS = 10_000
MONEY = ("user_day", "tenant_month")
LIMITS = ("user", "key", "tenant")


class BudgetsBody(TypedDict, total=False):
    """What is not named stays with the settings; null is no budget."""

    user_day: float | None
    tenant_month: float | None
    currency: str
    limits: dict[str, str | None]


def write(session: Session, tenant: str, body: BudgetsBody, operator_id: str) -> None:
    """All of them: what was set before and is not named is the settings' again."""
    money = {name: body[name] for name in MONEY if name in body}  # type: ignore[literal-required]
    values = {"budgets": money | body.get("limits", {}), "updated_at": now(), "updated_by": operator_id}
    row = insert(TenantBudgets).values(tenant_id=tenant, **values)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=values))


def remove(session: Session, tenant: str) -> None:
    session.execute(delete(TenantBudgets).where(TenantBudgets.tenant_id == tenant))


def stored(session: Session, tenant: str) -> dict[str, Bounds]:
    """A tenant's own budgets by name."""
    row = session.get(TenantBudgets, tenant)
    return {name: _parsed(name, value) for name, value in as_object(row.budgets if row else None).items()}


def shown(tenant: str, own: Mapping[str, Bounds], usual: Mapping[str, Bounds]) -> JSONObject:
    """What holds for a tenant, and which of it was set for it alone."""
    held = {**usual, **own}
    money = {name: _amount(held[name][0]) if held[name] else None for name in MONEY}
    limits = {name: "; ".join(map(str, held[name])) or None for name in LIMITS}
    return {"tenant": tenant, **money, "currency": CURRENCY, "limits": limits, "own": sorted(own)}


class TenantOverrides:
    """The same for every call: what it found is good for ``REMEMBERED`` seconds, and while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._one_for = OneAtATime()
        self._seen: dict[str, tuple[float, dict[str, Bounds]]] = {}

    def __call__(self, tenant: str) -> dict[str, Bounds]:
        if len(self._seen) >= REMEMBERED_TENANTS:
            self._seen.clear()
        if not self._is_fresh(tenant):
            with self._one_for(tenant):
                self._look_up(tenant)
        return self._seen[tenant][1]

    def _is_fresh(self, tenant: str) -> bool:
        return tenant in self._seen and time.monotonic() - self._seen[tenant][0] < REMEMBERED

    def _look_up(self, tenant: str) -> None:
        if self._is_fresh(tenant):
            return
        try:
            with self._database.read() as session:
                own = stored(session, tenant)
        except AWAY:
            if tenant not in self._seen:
                raise Unavailable from None
            own = self._seen[tenant][1]
        self._seen[tenant] = (time.monotonic(), own)


def _parsed(name: str, value: object) -> Bounds:
    if value is None:
        return ()
    if name in PERIODS:
        return (Bound(smallest_parts(Decimal(str(value))), Unit.MONEY, PERIODS[name]),)
    return bounds(str(value))


def _amount(bound: Bound) -> float:
    return float(bound.amount * SMALLEST)
