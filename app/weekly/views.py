"""Weekly insights over HTTP. Werkzeug prefers fixed paths, so ``stream`` is never taken for an id."""

from flask import Response, request

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.limits.guards import limited, metered, permit
from app.personalities.schemas import CoachQuery
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import event_stream, idempotent, zoned
from app.web.operations import Operations, view_of
from app.web.streams import stream
from app.weekly import runs, schemas, service
from app.weekly.service import WeekBody, WeeklyService

blp = Blueprint(
    "weekly_insights", __name__, url_prefix="/api/v1/chat/weekly-insights", description="Weeks, Saturday to Friday"
)  # fmt: skip
reading = Operations(blp, OWN, sessions=True)
writing = Operations(blp, OWN, rate=metered("insights"), fails=(503,), notes=[zoned()])
ZONE, KEY, RESUMED = "X-Timezone", "Idempotency-Key", "Last-Event-ID"
EVENTS = (
    '{"type":"start","weekStart":"2025-11-29T00:00:00.000Z","weekEnd":"2025-12-05T23:59:59.999Z","entryCount":5}',
    '{"type":"chunk","content":"## Your Week"}',
    '{"type":"done","insight":{"id":"insight_abc123","content":"…","entry_count":5}}',
)


@Operations(blp, OWN)("GET", "/current", gives=schemas.CurrentOut, fails=(400,), notes=[zoned()])
def read_current(principal: Principal) -> dict[str, object]:
    """Get the insight of the current week, if there is one"""
    week, insight = service.current(principal, request.headers.get(ZONE))
    return {"week": week, "insight": insight}


reading("GET", "/history", takes=schemas.HistoryQuery, gives=schemas.WeeklyInsightOut(many=True))(
    view_of(runs.history, "List the weekly insights, the latest week first", "A year at a time, or `limit`.")
)


@writing(
    "POST", "/generate", takes=schemas.GenerateIn, gives=schemas.GeneratedOut, fails=(404, 422, 500),
    notes=[idempotent()],
)  # fmt: skip
def generate(principal: Principal, body: WeekBody) -> dict[str, object]:
    """Write the insight of the current week, or get the one that is there

    One that is `stale` is written anew. However many ask at once, it is written once and counted once. The body may be
    left out.
    """
    asked = service.request_of(principal, request.headers.get(ZONE), body, request.headers.get(KEY))
    answer = resolve(WeeklyService).generate(asked, permit())
    usage = {"entryCount": answer.entry_count, "usageInfo": permit().usage_info}
    told = {"isExisting": answer.existing} if answer.row else {"message": service.NO_ENTRIES}
    return {"week": asked.week, "insight": answer.kept, **usage, **told}


@writing("GET", "/stream", takes=CoachQuery, fails=(404,), notes=[event_stream(blp, *EVENTS)])
def stream_generate(principal: Principal, query: WeekBody) -> Response:
    """Stream the insight of the current week, written now or already there

    One `start`, any number of `chunk`, then `done` or `error`. With `Last-Event-ID` the stream that it names goes on.
    """
    asked = service.request_of(principal, request.headers.get(ZONE), query)
    return stream(resolve(WeeklyService).stream(asked, permit(), request.headers.get(RESUMED)))


@writing(
    "POST", "/regenerate", takes=schemas.CoachIn, fails=(422,),
    notes=[idempotent(), event_stream(blp, *EVENTS)],
)  # fmt: skip
def regenerate(principal: Principal, body: WeekBody) -> Response:
    """Write the insight of the current week anew, and stream it

    It keeps its id; what was there stays until the new text is complete. With `Last-Event-ID` the stream that it names
    goes on.
    """
    asked = service.request_of(principal, request.headers.get(ZONE), body, request.headers.get(KEY), force=True)
    return stream(resolve(WeeklyService).stream(asked, permit(), request.headers.get(RESUMED)))


reading("GET", "/<insight_id>", gives=schemas.WeeklyInsightOut)(view_of(runs.read, "Get a weekly insight"))


@Operations(blp, OWN, rate=limited("sessions"))("DELETE", "/<insight_id>", gives=schemas.WeeklyDeletedOut)
def delete_insight(principal: Principal, insight_id: str) -> dict[str, object]:
    """Delete a weekly insight"""
    resolve(WeeklyService).remove(principal, insight_id)
    return {"success": True, "message": "Weekly insight deleted successfully"}
