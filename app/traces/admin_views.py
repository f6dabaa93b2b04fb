"""How everybody's answers were made, for operators; and what tenants let them read."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import SERVICE, TRACES
from app.core.json import JSONObject
from app.db.session import db
from app.traces import schemas, service
from app.traces.service import Search
from app.web.operations import Operations
from app.web.unified import Blueprint, errors

blp = Blueprint(
    "admin_traces", __name__, url_prefix="/admin/traces", description="How answers were made, for operators"
)
operation = Operations(blp, SERVICE, errors)
with_session = Operations(blp, SERVICE, errors, sessions=True)


@with_session("GET", "", takes=schemas.SearchQuery, gives=schemas.AnyTracesOut)
def list_traces(session: Session, _: Principal, search: Search) -> JSONObject:
    """List how answers were made, newest first

    By tenant, person, feature, outcome, conversation and time. No words are in it.
    """
    return service.listed(session, search)


@operation("GET", "/<trace_id>", gives=schemas.AnyTraceOut)
def read_trace(principal: Principal, trace_id: str) -> JSONObject:
    """Read how an answer was made, by its own id or that of the answer

    Its words are in it where the tenant allows that; reading them leaves an entry in the audit log.
    """
    return service.one_of_all(db, principal, trace_id)


@with_session("GET", "/settings", gives=schemas.SettingsOut, of=TRACES)
def read_settings(session: Session, principal: Principal) -> JSONObject:
    """Whether the service's operators may read the words of my tenant's turns"""
    return {"operators_read_words": service.operators_read_words(session, principal.tenant_id)}


@with_session("PUT", "/settings", takes=schemas.SettingsIn, gives=schemas.SettingsOut, of=TRACES)
def write_settings(session: Session, principal: Principal, body: dict[str, bool]) -> JSONObject:
    """Let the service's operators read the words of my tenant's turns, or no more (owners, admins)"""
    return service.allow(session, principal, body["operators_read_words"])
