"""Rows of the workspace, whatever their collection: listed, made, replaced, changed, removed, imported."""

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.errors import Conflict, NotFound, Unprocessable
from app.core.ids import joined, new_id
from app.core.json import JSONObject, JSONValue
from app.db.locks import advisory_lock
from app.db.pages import Page
from app.web.blueprints import sentences
from app.workspace.records import store
from app.workspace.records.collections import KINDS, MEASURES, Kind
from app.workspace.records.models import Collection, MeasureValue
from app.workspace.records.schemas import MOST_AT_ONCE, SERVERS, DocumentIn, FoundationIn


def read(session: Session, principal: Principal, kind: Kind, row_id: str) -> JSONObject:
    found = kind.store.read(session, principal, row_id)
    if found is None:
        raise NotFound(f"{kind.title} not found: {row_id[:100]}")
    return found


def create(session: Session, principal: Principal, kind: Kind, body: JSONObject) -> JSONObject:
    row_id = _id_of(kind, body)
    _hold(session, principal.tenant_id, kind, row_id)
    if kind.store.is_taken(session, principal.tenant_id, row_id):
        raise Conflict(f"{kind.title} already exists: {row_id}", code="ALREADY_EXISTS")
    return _written(session, principal, kind, row_id, body)


def replace(session: Session, principal: Principal, kind: Kind, row_id: str, body: JSONObject) -> JSONObject:
    _hold(session, principal.tenant_id, kind, row_id)
    read(session, principal, kind, row_id)
    return _written(session, principal, kind, row_id, body)


def change(session: Session, principal: Principal, kind: Kind, row_id: str, changes: JSONObject) -> JSONObject:
    """Only what is named; null empties a field."""
    _hold(session, principal.tenant_id, kind, row_id)
    merged = {**read(session, principal, kind, row_id), **_named_twice(kind, changes)}
    kept = {name: value for name, value in merged.items() if name not in (*SERVERS, "milestones") and value is not None}
    return _written(session, principal, kind, row_id, kept)


def remove(session: Session, principal: Principal, kind: Kind, row_id: str) -> None:
    _hold(session, principal.tenant_id, kind, row_id)
    read(session, principal, kind, row_id)
    kind.store.remove(session, principal, row_id)


def history(session: Session, principal: Principal, measure_id: str) -> Page[MeasureValue]:
    """Newest first."""
    read(session, principal, KINDS[Collection.MEASURES], measure_id)
    return MEASURES.history(session, principal.tenant_id, measure_id)


def put_foundation(session: Session, tenant: str, document: JSONObject) -> JSONObject:
    store.put(session, tenant, Collection.FOUNDATION, Collection.FOUNDATION, document)
    return store.foundation(session, tenant)


def patch_foundation(session: Session, tenant: str, changes: JSONObject) -> JSONObject:
    """Sections that are objects are merged, everything else is replaced."""
    advisory_lock(session, f"workspace:{joined(tenant)}:foundation")
    current = store.foundation(session, tenant)
    return put_foundation(session, tenant, current | {name: _section(current, name, changes[name]) for name in changes})


def import_all(session: Session, principal: Principal, body: JSONObject) -> dict[str, int]:
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
            kind = KINDS[name]
            kind.store.write(session, principal, _id_of(kind, row), _without_id(row))
        counts[name] = len(rows)
    return counts


def _id_of(kind: Kind, row: JSONObject) -> str:
    """The caller's, or a new one."""
    return str(row.get("id") or new_id(kind.singular))


def _without_id(row: JSONObject) -> JSONObject:
    return {name: value for name, value in row.items() if name != "id"}


def _written(session: Session, principal: Principal, kind: Kind, row_id: str, document: JSONObject) -> JSONObject:
    kind.store.write(session, principal, row_id, _without_id(document))
    return read(session, principal, kind, row_id)


def _named_twice(kind: Kind, changes: JSONObject) -> JSONObject:
    """Two names of one thing change together."""
    for pair in filter(None, (kind.schema.either, kind.schema.also_either)):
        given = next((changes[name] for name in pair if name in changes), None)
        if given is not None:
            changes = {**changes, **dict.fromkeys(pair, given)}
    return changes


def _section(current: JSONObject, name: str, value: JSONValue) -> JSONValue:
    before = current.get(name)
    return before | value if isinstance(before, dict) and isinstance(value, dict) else value


def _checked_rows(kind: Kind, rows: JSONValue) -> list[JSONObject]:
    if not isinstance(rows, list):
        raise Unprocessable(f"{kind.name} must be an array", code="VALIDATION_ERROR")
    schema = kind.schema()
    return [_checked(schema, row, f"{kind.name}.{place}") for place, row in enumerate(rows)]


def _checked(schema: DocumentIn, value: JSONValue, path: str) -> JSONObject:
    try:
        return dict(schema.load(value))  # type: ignore[arg-type]
    except ValidationError as error:
        problems = sentences(error.messages, path)
        raise Unprocessable("; ".join(problems)[:2000], code="VALIDATION_ERROR", errors=problems[:50]) from None


def _hold(session: Session, tenant: str, kind: Kind, row_id: str) -> None:
    """Nobody else writes this row until the transaction ends."""
    advisory_lock(session, f"workspace:{joined(tenant, kind.name, row_id)}")
