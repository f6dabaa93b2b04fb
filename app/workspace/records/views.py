"""The business behind the coaching, over HTTP: one implementation, a declaration per collection."""

from collections.abc import Callable
from typing import Any

from flask import request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.core.errors import Unprocessable
from app.db.session import db
from app.web.unified import Blueprint, errors
from app.workspace.records import reading, schemas, service
from app.workspace.records.collections import KINDS, Kind

blp = Blueprint("workspace", __name__, url_prefix="/workspace", description="The business that is coached")
Body = dict[str, Any]
IMPORT = {
    "type": "object",
    "properties": {"foundation": {"type": "object"}}
    | {name: {"type": "array", "items": {"type": "object"}} for name in KINDS},
    "example": {"goals": [{"id": "goal-123", "title": "Grow retention"}], "measures": [{"name": "Revenue"}]},
}
OK, CREATED, GONE = 200, 201, 204


@blp.route("/foundation", methods=["GET"])
@bearer
@blp.response(OK, schemas.FoundationIn)
@errors(blp, 401)
def read_foundation(principal: Principal) -> Any:
    """The business foundation; sections that nobody has filled in are empty"""
    with db.read() as session:
        return reading.foundation(session, principal.tenant_id)


@blp.route("/foundation", methods=["PUT"])
@bearer
@blp.arguments(schemas.FoundationIn)
@blp.response(OK, schemas.FoundationIn)
@errors(blp, 401, 422)
def put_foundation(principal: Principal, body: Body) -> Any:
    """Write the whole foundation"""
    with db.begin() as session:
        return service.put_foundation(session, principal.tenant_id, body)


@blp.route("/foundation", methods=["PATCH"])
@bearer
@blp.arguments(schemas.FoundationIn)
@blp.response(OK, schemas.FoundationIn)
@errors(blp, 401, 422)
def patch_foundation(principal: Principal, body: Body) -> Any:
    """Change what is named, section by section"""
    with db.begin() as session:
        return service.patch_foundation(session, principal.tenant_id, body)


@blp.route("/import", methods=["POST"])
@bearer
@blp.response(OK, schemas.ImportOut)
@blp.doc(requestBody={"required": True, "content": {"application/json": {"schema": IMPORT}}})
@errors(blp, 400, 401, 404, 422)
def import_all(principal: Principal) -> Body:
    """Import up to 1,000 rows, all or none

    An object with any of `foundation`, `goals`, `strategies`, `measures`, `actions`, `issues`, `people`, `departments`
    and `positions`. A row whose id is known is replaced.
    """
    body = request.get_json()
    if not isinstance(body, dict):
        raise Unprocessable("The body must be an object", code="VALIDATION_ERROR")
    with db.begin() as session:
        return {"success": True, "imported": service.import_all(session, principal, body)}


@blp.route("/measures/<row_id>/history", methods=["GET"])
@bearer
@blp.response(OK, schemas.HistoryOut)
@errors(blp, 401, 404)
def measure_history(principal: Principal, row_id: str) -> Body:
    """The values that a measure has had, newest first"""
    with db.read() as session:
        return service.history(session, principal, row_id)


def _list(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.arguments(schemas.RowsQuery, location="query")
    @blp.response(OK, schemas.RowsOut)
    @errors(blp, 401, 422)
    def view(principal: Principal, query: Body) -> Body:
        with db.read() as session:
            return service.listing(session, principal, kind, query)

    return _named(view, f"list_{kind.name}", f"List {kind.name}, newest first")


def _create(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.arguments(kind.schema)
    @blp.response(CREATED, kind.schema)
    @errors(blp, 401, 409, 422)
    def view(principal: Principal, body: Body) -> Any:
        with db.begin() as session:
            return service.create(session, principal, kind, body)

    return _named(view, f"create_{kind.singular}", f"Add a {kind.singular}, under an id of the caller's or a new one")


def _read(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.response(OK, kind.schema)
    @errors(blp, 401, 404)
    def view(principal: Principal, row_id: str) -> Any:
        with db.read() as session:
            return service.find(session, principal, kind, row_id)

    return _named(view, f"read_{kind.singular}", f"Read a {kind.singular}")


def _replace(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.arguments(kind.schema)
    @blp.response(OK, kind.schema)
    @errors(blp, 401, 404, 422)
    def view(principal: Principal, body: Body, row_id: str) -> Any:
        with db.begin() as session:
            return service.replace(session, principal, kind, row_id, body)

    return _named(view, f"replace_{kind.singular}", f"Write a {kind.singular} anew")


def _change(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.arguments(kind.changes())
    @blp.response(OK, kind.schema)
    @errors(blp, 401, 404, 422)
    def view(principal: Principal, body: Body, row_id: str) -> Any:
        with db.begin() as session:
            return service.change(session, principal, kind, row_id, body)

    return _named(view, f"change_{kind.singular}", f"Change what is named of a {kind.singular}")


def _remove(kind: Kind) -> Callable[..., Any]:
    @bearer
    @blp.response(GONE)
    @errors(blp, 401, 404)
    def view(principal: Principal, row_id: str) -> None:
        with db.begin() as session:
            service.remove(session, principal, kind, row_id)

    return _named(view, f"remove_{kind.singular}", f"Remove a {kind.singular}")


def _named(view: Callable[..., Any], name: str, text: str) -> Callable[..., Any]:
    view.__name__, view.__doc__ = name, text
    return view


ROUTES = (
    ("", "GET", _list),
    ("", "POST", _create),
    ("/<row_id>", "GET", _read),
    ("/<row_id>", "PUT", _replace),
    ("/<row_id>", "PATCH", _change),
    ("/<row_id>", "DELETE", _remove),
)
for _kind in KINDS.values():
    for _rule, _method, _made in ROUTES:
        blp.route(f"/{_kind.name}{_rule}", methods=[_method])(_made(_kind))
