"""Lines of help, for operators; and where a tenant is told of a crisis, for its owners and admins."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import ALARMS, SERVICE
from app.care import admin_schemas as schemas
from app.care import administration
from app.care.administration import Line, Wished, serialize
from app.care.directory import Directory, listed_of
from app.core.json import JSONObject
from app.web.container import resolve
from app.web.operations import Operations
from app.web.schemas import TenantQuery
from app.web.unified import Blueprint, errors

blp = Blueprint("admin_care", __name__, url_prefix="/admin/care", description="Helplines, and who is told of a crisis")
operation = Operations(blp, ALARMS, errors)
changing = Operations(blp, SERVICE, errors, sessions=True)


@operation("GET", "", takes=TenantQuery, gives=schemas.WebhookOut)
def read_webhook(principal: Principal, query: dict[str, str | None]) -> JSONObject:
    """Where the tenant is told that somebody is in a crisis"""
    return administration.webhook(principal, query["tenant"])


@operation("PUT", "", takes=schemas.WebhookIn, gives=schemas.WebhookOut)
def write_webhook(principal: Principal, body: Wished) -> JSONObject:
    """Say where the tenant is told that somebody is in a crisis, and which coach is on call

    `care.crisis` is posted there: `{type, timestamp, data: {tenant, user_id, path, level, category, at, on_call?}}`,
    never the words; signed, see `GET /ai/webhook-secret`, and tried up to ten times. `null`: the service's own address
    counts. Who is on call stays as it is where `on_call` is left out; `null`: nobody.
    """
    return administration.set_webhook(principal, body)


@operation("GET", "/resources", takes=schemas.LinesQuery, gives=schemas.LinesOut, of=SERVICE)
def list_lines(_: Principal, query: dict[str, str | None]) -> JSONObject:
    """List the lines of help: what is built in, and what operators have added, replaced and hidden"""
    wanted, listed = query["country"], resolve(Directory).listed()
    found = [one for one in listed if wanted is None or (one.resource.country or "") == wanted]
    return {"resources": [serialize(one) for one in found], "total": len(found)}


@changing("POST", "/resources", takes=schemas.LineIn, gives=schemas.LineOut, status=201, fails=(409,))
def add_line(session: Session, principal: Principal, line: Line) -> JSONObject:
    """Add a line of help

    One of the name and country of what is built in takes its place, or hides it. In force on every process within
    seconds.
    """
    return serialize(listed_of(administration.add(session, principal, resolve(Directory), line)))


@changing("PUT", "/resources/<resource_id>", takes=schemas.LineIn, gives=schemas.LineOut, fails=(409,))
def replace_line(session: Session, principal: Principal, line: Line, resource_id: str) -> JSONObject:
    """Change a line of help that an operator has added"""
    return serialize(listed_of(administration.replace(session, principal, resolve(Directory), resource_id, line)))


@changing("DELETE", "/resources/<resource_id>", status=204)
def remove_line(session: Session, principal: Principal, resource_id: str) -> None:
    """Remove a line of help that an operator has added; what is built in under its name counts again"""
    administration.remove(session, principal, resolve(Directory), resource_id)
