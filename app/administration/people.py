"""Tenants and people as operators see them: those with accounts here, and those whom their tokens make known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Numeric, Select, Subquery, cast, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.models import AccountSettings, ModelCall
from app.auth.models import ApiKey
from app.core.clock import now
from app.db.pages import Page, count
from app.identity.models import Membership, Tenant, User

LATELY = timedelta(days=30)
MONEY = Numeric(14, 6, asdecimal=False)


@dataclass(frozen=True, slots=True)
class TenantSearch:
    search: str
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class PeopleSearch(TenantSearch):
    tenant: str | None


@dataclass(frozen=True, slots=True)
class TenantRow:
    id: str
    name: str
    members: int
    people: int
    keys: int
    calls: int
    cost_usd: float
    unpriced: int
    last_call_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    tenant: str
    user_id: str
    email: str
    name: str
    role: str
    since: datetime | None
    calls: int
    cost_usd: float
    unpriced: int
    last_call_at: datetime | None


def tenants(session: Session, wanted: TenantSearch) -> Page[TenantRow]:
    """Those that asked models lately first, the newest call on top; then by id."""
    known, used = _known_tenants(), _use(ModelCall.tenant_id)
    members, keys = _counted(Membership.tenant_id), _counted(ApiKey.tenant_id, ApiKey.revoked_at.is_(None))
    query = select(
        known.c.id, func.coalesce(Tenant.name, ""), func.coalesce(members.c.count, 0),
        func.coalesce(used.c.people, 0), func.coalesce(keys.c.count, 0), *_figures(used),
    )  # fmt: skip
    query = query.outerjoin(Tenant, Tenant.tenant_id == known.c.id)
    for beside in (members, keys, used):
        query = query.outerjoin(beside, beside.c.tenant_id == known.c.id)
    if wanted.search:
        query = query.where(_contains(wanted.search, known.c.id, Tenant.name))
    found = _page(session, query.order_by(used.c.last.desc().nulls_last(), known.c.id), wanted)
    return Page([TenantRow(*row) for row in found.items], found.has_more, total=found.total)


def people(session: Session, wanted: PeopleSearch) -> Page[PersonRow]:
    """In the same order. Somebody in two tenants is there twice."""
    known, used = _known_people(wanted.tenant), _use(ModelCall.tenant_id, ModelCall.user_id)
    texts = (func.coalesce(column, "") for column in (User.email, User.name, Membership.role))
    query = select(known.c.tenant_id, known.c.user_id, *texts, User.created_at, *_figures(used))
    query = query.outerjoin(User, User.user_id == known.c.user_id)
    for beside in (Membership, used.c):
        here = beside.tenant_id == known.c.tenant_id, beside.user_id == known.c.user_id
        query = query.outerjoin(Membership if beside is Membership else used, here[0] & here[1])
    if wanted.search:
        query = query.where(_contains(wanted.search, known.c.user_id, User.email, User.name))
    ordered = query.order_by(used.c.last.desc().nulls_last(), known.c.tenant_id, known.c.user_id)
    found = _page(session, ordered, wanted)
    return Page([PersonRow(*row) for row in found.items], found.has_more, total=found.total)


def _known_tenants() -> CTE:
    places = (Tenant.tenant_id, AccountSettings.tenant_id, ApiKey.tenant_id, User.tenant_id)
    recent = select(ModelCall.tenant_id.label("id")).where(_is_recent())
    return union(*(select(column.label("id")) for column in places), recent).cte("known")


def _known_people(tenant: str | None) -> CTE:
    models = (Membership, AccountSettings, User)
    rows = [select(model.tenant_id, model.user_id) for model in models]
    recent = select(ModelCall.tenant_id, ModelCall.user_id).where(_is_recent(), ModelCall.user_id != "")
    every = [one if tenant is None else one.where(one.selected_columns[0] == tenant) for one in (*rows, recent)]
    return union(*every).cte("known")


def _use(*keys: InstrumentedAttribute[str]) -> Subquery:
    """What models were asked lately, by tenant or person."""
    sums = (
        func.count().label("calls"),
        func.sum(ModelCall.cost).label("cost"),
        func.count().filter(ModelCall.cost.is_(None)).label("unpriced"),
        func.max(ModelCall.created_at).label("last"),
        func.count(func.distinct(func.nullif(ModelCall.user_id, ""))).label("people"),
    )
    return select(*keys, *sums).where(_is_recent()).group_by(*keys).subquery()


def _figures(used: Subquery) -> tuple[ColumnElement[Any], ...]:
    cost = cast(func.coalesce(used.c.cost, 0), MONEY)
    return func.coalesce(used.c.calls, 0), cost, func.coalesce(used.c.unpriced, 0), used.c.last


def _counted(column: InstrumentedAttribute[str], *where: ColumnElement[bool]) -> Subquery:
    return select(column, func.count().label("count")).where(*where).group_by(column).subquery()


def _is_recent() -> ColumnElement[bool]:
    return ModelCall.created_at > now() - LATELY


def _contains(text: str, *columns: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def _page(session: Session, query: Select[*tuple[Any, ...]], wanted: TenantSearch) -> Page[Any]:
    rows = session.execute(query.limit(wanted.limit).offset(wanted.offset)).all()
    total = count(session, query)
    return Page(rows, wanted.offset + len(rows) < total, total=total)
