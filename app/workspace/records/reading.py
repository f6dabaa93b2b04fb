"""The workspace as sources and dashboards read it: the same documents that its REST routes answer."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso
from app.workspace.records import business_goals, measures
from app.workspace.records.models import Collection, Record

Body = dict[str, Any]

COLUMNS = (Record.id, Record.document, Record.created_at, Record.updated_at)
MOST = 500  # rows of one collection in a prompt's source
SECTIONS = ("profile", "identity", "market", "products", "proposition", "model")


def of(tenant: Any, collection: str) -> tuple[Any, Any]:
    return Record.tenant_id == tenant, Record.collection == collection


# Most topics need it: built once, since composing a statement costs as much as running it.
FOUNDATION = select(Record.document).where(
    *of(bindparam("tenant"), Collection.FOUNDATION), Record.id == Collection.FOUNDATION
)


def foundation(session: Session, tenant: str) -> Body:
    """All sections, empty ones too."""
    document = session.scalar(FOUNDATION, {"tenant": tenant}) or {}
    empty: Body = {name: [] if name == "products" else {} for name in SECTIONS}
    return empty | {name: value for name, value in document.items() if value is not None}


def rows(session: Session, tenant: str, collection: Collection, limit: int = MOST) -> list[Body]:
    """Newest first."""
    newest = Record.created_at.desc(), Record.id.desc()
    found = session.execute(select(*COLUMNS).where(*of(tenant, collection)).order_by(*newest).limit(limit))
    return shown(session, tenant, collection, [spoken(record) for record in found])


def row(session: Session, tenant: str, collection: Collection, row_id: str) -> Body | None:
    record = session.execute(select(*COLUMNS).where(*of(tenant, collection), Record.id == row_id)).one_or_none()
    return shown(session, tenant, collection, [spoken(record)])[0] if record else None


def shown(session: Session, tenant: str, collection: str, found: list[Body]) -> list[Body]:
    return measures.compared(session, tenant, found) if collection == Collection.MEASURES and found else found


def goals(session: Session, principal: Principal) -> list[Body]:
    return business_goals.listing(session, principal, MOST, 0, "")[0]


def goal(session: Session, principal: Principal, goal_id: str) -> Body | None:
    return business_goals.read(session, principal, goal_id)


def spoken(record: Any) -> Body:
    """A record, or the columns of one."""
    own = {"id": record.id, "createdAt": iso(record.created_at), "updatedAt": iso(record.updated_at)}
    return {**record.document, **own}
