"""How my answers were made, over HTTP."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.core.json import JSONObject
from app.traces import schemas, service
from app.traces.service import Conversation
from app.web.blueprints import Blueprint
from app.web.operations import Operations

blp = Blueprint("traces", __name__, url_prefix="/api/v1/traces", description="How answers were made")
operation = Operations(blp, OWN, sessions=True)


@operation("GET", "", takes=schemas.MineQuery, gives=schemas.TracesOut, fails=(400,))
def list_mine(session: Session, principal: Principal, asked: Conversation) -> JSONObject:
    """List how my answers were made, newest first

    What was retrieved with scores, the stages with their times, models, tokens, cost, retries and failover; no words.
    """
    return service.mine(session, principal, asked)


@operation("GET", "/<trace_id>", gives=schemas.TraceOut)
def read_mine(session: Session, principal: Principal, trace_id: str) -> JSONObject:
    """Read how one of my answers was made, with its words

    By the id of the trace, which the answer's header `X-Coachhouse-Trace` has, or of the answer: the message, turn, job
    or review.
    """
    return service.one_of_mine(session, principal, trace_id)
