"""Rows of the workspace, whatever their collection: listed, made, replaced, changed, removed, imported."""

from typing import Any

from marshmallow import ValidationError
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Conflict, NotFound, Unprocessable
from app.core.ids import new_id
from app.db.locks import advisory_lock
from app.web.blueprints import sentences
from app.workspace.records import business_goals, measures, reading
from app.workspace.records.collections import GOALS, KINDS, Kind
from app.workspace.records.models import Collection, MeasureValue, Record
from app.workspace.records.schemas import MOST_AT_ONCE, FoundationIn

Body = dict[str, Any]


def listing(session: Session, principal: Principal, kind: Kind, query: Body) -> Body:
    """``{items, total, hasMore}``, newest first."""
    limit, offset, status = query["limit"], query["offset"], query["status"]
    if kind is GOALS:
        items, total = business_goals.listing(session, principal, limit, offset, status)
    else:
        items, total = _records(session, principal.tenant_id, kind, limit, offset, status)
    return {"items": items, "total": total, "hasMore": offset + len(items) < total}


def find(session: Session, principal: Principal, kind: Kind, row_id: str) -> Body:
    if kind is GOALS:
        found = reading.goal(session, principal, row_id)
    else:
        found = reading.row(session, principal.tenant_id, Collection(kind.name), row_id)
    if found is None:
        raise NotFound(f"{kind.title} not found: {row_id[:100]}")
    return found


def create(session: Session, principal: Principal, kind: Kind, body: Body) -> Body:
    row_id = body.pop("id", None) or new_id(kind.singular)
    _hold(session, principal.tenant_id, kind, row_id)
    if _is_taken(session, principal.tenant_id, kind, row_id):
        raise Conflict(f"{kind.title} already exists: {row_id}", code="ALREADY_EXISTS")
    _write(session, principal, kind, row_id, body)
    return find(session, principal, kind, row_id)


def replace(session: Session, principal: Principal, kind: Kind, row_id: str, body: Body) -> Body:
    _hold(session, principal.tenant_id, kind, row_id)
    find(session, principal, kind, row_id)
    _write(session, principal, kind, row_id, _without_id(body))
    return find(session, principal, kind, row_id)


def change(session: Session, principal: Principal, kind: Kind, row_id: str, changes: Body) -> Body:
    """Only what is named; null empties a field."""
    _hold(session, principal.tenant_id, kind, row_id)
    current = find(session, principal, kind, row_id)
    _write(session, principal, kind, row_id, _merged(kind, current, _without_id(changes)))
    return find(session, principal, kind, row_id)


def remove(session: Session, principal: Principal, kind: Kind, row_id: str) -> None:
    _hold(session, principal.tenant_id, kind, row_id)
    find(session, principal, kind, row_id)
    if kind is GOALS:
        business_goals.remove(session, principal, row_id)
        return
    tenant = principal.tenant_id
    session.execute(delete(Record).where(*reading.of(tenant, kind.name), Record.id == row_id))
    if kind.name == Collection.MEASURES:
        session.execute(delete(MeasureValue).where(MeasureValue.tenant_id == tenant, MeasureValue.measure_id == row_id))


def history(session: Session, principal: Principal, measure_id: str) -> Body:
    """``{measureId, history: [{value, recordedAt}], total}``, newest first."""
    find(session, principal, KINDS[Collection.MEASURES], measure_id)
    found = measures.history(session, principal.tenant_id, measure_id, 1000)
    values = [{"value": value.value, "recordedAt": value.recorded_at} for value in found]
    return {"measureId": measure_id, "history": values, "total": len(values)}


def put_foundation(session: Session, tenant: str, document: Body) -> Body:
    _store(session, tenant, Collection.FOUNDATION, Collection.FOUNDATION, document)
    return reading.foundation(session, tenant)


def patch_foundation(session: Session, tenant: str, changes: Body) -> Body:
    """Sections that are objects are merged, everything else is replaced."""
    advisory_lock(session, f"workspace:{tenant}:foundation")
    current = reading.foundation(session, tenant)
    return put_foundation(session, tenant, current | {name: _section(current, name, changes[name]) for name in changes})


def import_all(session: Session, principal: Principal, body: Body) -> dict[str, int]:
    """Rows of many collections, all or none. A row whose id is known is replaced."""
    checked = {name: _checked_rows(KINDS[name], body[name]) for name in KINDS if body.get(name) is not None}
    if sum(map(len, checked.values())) > MOST_AT_ONCE:
        raise Unprocessable(f"At most {MOST_AT_ONCE} rows can be imported at once", code="VALIDATION_ERROR")
    counts = {}
    if body.get("foundation") is not None:
        patch_foundation(session, principal.tenant_id, _checked(FoundationIn(), body["foundation"], "foundation"))
        counts["foundation"] = 1
    for name, rows in checked.items():
        for row in rows:
            _import_row(session, principal, KINDS[name], row)
        counts[name] = len(rows)
    return counts


def _import_row(session: Session, principal: Principal, kind: Kind, row: Body) -> None:
    row_id = row.pop("id", None) or new_id(kind.singular)
    if kind is GOALS and _is_taken(session, principal.tenant_id, kind, row_id):
        find(session, principal, kind, row_id)
    _write(session, principal, kind, row_id, row)


def _records(session: Session, tenant: str, kind: Kind, limit: int, offset: int, status: str) -> tuple[list[Body], int]:
    query = select(Record).where(*reading.of(tenant, kind.name))
    if status:
        query = query.where(Record.document["status"].astext == status)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = query.order_by(Record.created_at.desc(), Record.id.desc()).limit(limit).offset(offset)
    found = [reading.spoken(record) for record in session.scalars(page)]
    return reading.shown(session, tenant, kind.name, found), total


def _write(session: Session, principal: Principal, kind: Kind, row_id: str, document: Body) -> None:
    if kind is GOALS:
        business_goals.write(session, principal, row_id, document)
        return
    tenant = principal.tenant_id
    if kind.name == Collection.MEASURES:
        before = session.get(Record, (tenant, kind.name, row_id), populate_existing=True)
        measures.note(session, tenant, row_id, before.document if before else None, document)
    _store(session, tenant, kind.name, row_id, document)


def _store(session: Session, tenant: str, collection: str, row_id: str, document: Body) -> None:
    moment = now()
    row = insert(Record).values(
        tenant_id=tenant, collection=collection, id=row_id, document=document, created_at=moment, updated_at=moment
    )
    fresh = {"document": document, "updated_at": moment}
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "collection", "id"], set_=fresh))
    session.expire_all()


def _is_taken(session: Session, tenant: str, kind: Kind, row_id: str) -> bool:
    if kind is GOALS:
        return business_goals.is_taken(session, tenant, row_id)
    return session.get(Record, (tenant, kind.name, row_id)) is not None


def _merged(kind: Kind, current: Body, changes: Body) -> Body:
    """Two names of one thing change together."""
    for pair in filter(None, (kind.schema.either, ("targetDate", "dueDate") if kind is GOALS else None)):
        given = next((changes[name] for name in pair if name in changes), None)
        if given is not None:
            changes |= dict.fromkeys(pair, given)
    kept = current | changes
    servers = {"id", "createdAt", "updatedAt", "previous", "trend", "changePercent", "milestones"}
    return {name: value for name, value in kept.items() if name not in servers and value is not None}


def _without_id(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "id"}


def _section(current: Body, name: str, value: Any) -> Any:
    before = current.get(name)
    return before | value if isinstance(before, dict) and isinstance(value, dict) else value


def _checked_rows(kind: Kind, rows: Any) -> list[Body]:
    if not isinstance(rows, list):
        raise Unprocessable(f"{kind.name} must be an array", code="VALIDATION_ERROR")
    schema = kind.schema()
    return [_checked(schema, row, f"{kind.name}.{place}") for place, row in enumerate(rows)]


def _checked(schema: Any, value: Any, path: str) -> Body:
    try:
        return dict(schema.load(value))
    except ValidationError as error:
        problems = sentences(error.messages, path)
        raise Unprocessable("; ".join(problems)[:2000], code="VALIDATION_ERROR", errors=problems[:50]) from None


def _hold(session: Session, tenant: str, kind: Kind, row_id: str) -> None:
    """Nobody else writes this row until the transaction ends."""
    advisory_lock(session, f"workspace:{tenant}:{kind.name}:{row_id}")
