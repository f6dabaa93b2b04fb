"""What the journaling app's client reads otherwise than the contracts write it: rows of two tables.

Its paths are those of the products, at another place. An answer that no row names goes out as it is.
"""

from collections.abc import Callable, Mapping

from flask import Response, current_app, g, request
from werkzeug.sansio.response import Response as AnyResponse

from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.db.session import db
from app.journal_app import streams
from app.turns.failures import TurnFailed
from app.web import errors
from app.workspace import categories
from app.workspace.models import DEFAULT_CATEGORIES
from app.workspace.schemas.categories import CategoryOut

PREFIX = "/journal-app/api/v1"
MOST_PROMPTS = 5
DAYS = {"target_date", "due_date"}
MIDNIGHT, EVERYWHERE = "T00:00:00.000Z", "T10:00:00.000Z"  # the second is of one day from Honolulu to Auckland

Translate = Callable[[JSONObject], JSONValue]


def only(name: str) -> Translate:
    """The bare list that stands under this name."""
    return lambda body: body[name]


def dated(name: str) -> Translate:
    """The same of goals that have a date: the client counts the days to it."""
    return lambda body: [goal for goal in objects_of(body[name]) if goal["target_date"]]


def prompts(body: JSONObject) -> JSONValue:
    """Texts instead of objects."""
    return {"prompts": [prompt["text"] for prompt in objects_of(body["prompts"])[:MOST_PROMPTS]]}


BODIES: Mapping[str, Translate] = {
    "GET /chat/prompts": prompts,
    "GET /goal/overdue": dated("goals"),
    "GET /goal/category/<path:category>": dated("goals"),
    "GET /goal/<goal_id>/milestone": only("milestones"),
    "GET /goal/<goal_id>/progress": only("progress_updates"),
    "GET /goal/<goal_id>/linked-journals": only("journal_entries"),
    "GET /journal/recent": only("entries"),
    "GET /journal/search": only("entries"),
    "GET /journal/<entry_id>/goals": dated("linked_goals"),
}
STREAMS: Mapping[str, streams.Names] = {
    "POST /chat/message/stream": streams.CHAT,
    "GET /chat/session/<session_id>/stream": streams.CHAT,
    "GET /chat/insights/stream": streams.INSIGHTS,
    "GET /chat/goal-insights/<goal_id>/stream": streams.INSIGHTS,
    "GET /chat/weekly-insights/stream": streams.WEEKLY,
    "POST /chat/weekly-insights/regenerate": streams.WEEKLY,
}


def translate(response: Response) -> Response | AnyResponse:
    """What is sent instead of a product's answer. Failures are the same everywhere."""
    place = f"{request.method} {str(request.url_rule).removeprefix(PREFIX)}"
    if response.mimetype == "text/event-stream":
        return _stream(response, STREAMS.get(place, {}))
    if not response.is_json or response.status_code >= 300:
        return response
    body = response.get_json()
    body = BODIES[place](body) if place in BODIES else body
    _name_categories(body)
    response.set_data(current_app.json.dumps(with_days(body)))
    return response


def with_days(body: JSONValue) -> JSONValue:
    """Days at an hour when clocks nearly everywhere show them, instead of the UTC midnights that they are kept as.

    The client shows the day that its own clock has then, and sends that day back with every change.
    """
    if isinstance(body, list):
        return [with_days(row) for row in body]
    if isinstance(body, dict):
        return {name: _hour(value) if name in DAYS else with_days(value) for name, value in body.items()}
    return body


def _hour(moment: JSONValue) -> JSONValue:
    return moment.replace(MIDNIGHT, EVERYWHERE) if isinstance(moment, str) else moment


def _stream(response: Response, names: streams.Names) -> Response | AnyResponse:
    try:
        response.response = streams.translated(response.iter_encoded(), names)
    except TurnFailed as error:
        response.close()
        return errors.respond(error)
    return response


def _name_categories(body: JSONValue) -> None:
    """A goal's category is an object where the person made it themselves, else a word."""
    goals = [goal for goal in _goals(body) if goal["category"] not in DEFAULT_CATEGORIES]
    if not goals:
        return
    with db.read() as session:
        own = {row.name.lower(): CategoryOut().dump(row) for row in categories.list_own(session, g.principal)}
    for goal in goals:
        goal["category"] = own.get(str(goal["category"]).lower(), goal["category"])


def _goals(body: JSONValue) -> list[dict[str, JSONValue]]:
    """The goals in an answer: it is one, a list of them, or has such a list."""
    rows = body if isinstance(body, list) else [body, *objects_of(as_object(body).get("goals"))]
    return [row for row in rows if isinstance(row, dict) and {"category", "target_date"} <= row.keys()]
