"""The business behind the coaching, over HTTP: one implementation, a declaration per collection."""

from collections.abc import Callable

from flask import request
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import BUSINESS
from app.core.errors import Unprocessable
from app.core.json import JSONObject
from app.web.documents import View
from app.web.operations import Operations, view_of
from app.web.unified import Blueprint, errors
from app.workspace.records import schemas, service, store
from app.workspace.records.collections import KINDS, Kind
from app.workspace.records.schemas import MOST_AT_ONCE

blp = Blueprint("workspace", __name__, url_prefix="/workspace", description="The business that is coached")
operation = Operations(blp, BUSINESS, errors, sessions=True)
NULL = {"type": "null"}
FOUNDATION = {"anyOf": [schemas.FoundationIn, NULL]}
ROWS = {
    name: {"anyOf": [{"type": "array", "items": kind.schema, "maxItems": MOST_AT_ONCE}, NULL]}
    for name, kind in KINDS.items()
}
IMPORT = {
    "type": "object",
    "properties": {"foundation": FOUNDATION, **ROWS},
    "example": {"goals": [{"id": "goal-123", "title": "Grow retention"}], "measures": [{"name": "Revenue"}]},
}
IMPORT_BODY = {"required": True, "content": {"application/json": {"schema": IMPORT}}}


@operation("GET", "/foundation", gives=schemas.FoundationIn)
def read_foundation(session: Session, principal: Principal) -> JSONObject:
    """The business foundation; sections that nobody has filled in are empty"""
    return store.foundation(session, principal.tenant_id)


@operation("PUT", "/foundation", takes=schemas.FoundationIn, gives=schemas.FoundationIn)
def put_foundation(session: Session, principal: Principal, body: JSONObject) -> JSONObject:
    """Write the whole foundation"""
    return service.put_foundation(session, principal.tenant_id, body)


@operation("PATCH", "/foundation", takes=schemas.FoundationIn, gives=schemas.FoundationIn)
def patch_foundation(session: Session, principal: Principal, body: JSONObject) -> JSONObject:
    """Change what is named, section by section"""
    return service.patch_foundation(session, principal.tenant_id, body)


@operation("POST", "/import", gives=schemas.ImportOut, fails=(400, 404, 422), notes=[blp.doc(requestBody=IMPORT_BODY)])
def import_all(session: Session, principal: Principal) -> JSONObject:
    """Import up to 1,000 rows, all or none

    An object with any of `foundation`, `goals`, `strategies`, `measures`, `actions`, `issues`, `people`, `departments`
    and `positions`. A row whose id is known is replaced.
    """
    body = request.get_json()
    if not isinstance(body, dict):
        raise Unprocessable("The body must be an object", code="VALIDATION_ERROR")
    return {"success": True, "imported": service.import_all(session, principal, body)}


@operation("GET", "/measures/<row_id>/history", gives=schemas.HistoryOut)
def measure_history(session: Session, principal: Principal, row_id: str) -> dict[str, object]:
    """The values that a measure has had, newest first; at most the last 1,000"""
    found = service.history(session, principal, row_id)
    return {"measureId": row_id, "history": found.items, "total": found.total, "hasMore": found.has_more}


def declare(kind: Kind) -> None:
    """The routes of a collection."""
    many, one, row = kind.name, kind.singular, kind.schema
    rows, by_id = f"/{many}", f"/{many}/<row_id>"

    def view(serve: Callable[..., object], text: str) -> View:
        return view_of(lambda session, principal, *rest: serve(session, principal, kind, *rest), text)

    operation("GET", rows, takes=schemas.RowsQuery, gives=schemas.RowsOut)(
        view_of(kind.store.page, f"List {many}, newest first")
    )
    operation("POST", rows, takes=row, gives=row, status=201, fails=(409,))(
        view(service.create, f"Add a {one}, under an id of the caller's or a new one")
    )
    operation("GET", by_id, gives=row)(view(service.read, f"Read a {one}"))
    operation("PUT", by_id, takes=row, gives=row)(view(service.replace, f"Write a {one} anew"))
    operation("PATCH", by_id, takes=kind.changes(), gives=row)(view(service.change, f"Change what is named of a {one}"))
    operation("DELETE", by_id, status=204)(view(service.remove, f"Remove a {one}"))


for _kind in KINDS.values():
    declare(_kind)
