"""The journaling app's own web client: the products' routes at its paths, and the few that nobody else needs."""

from dataclasses import asdict, replace

import flask
from sqlalchemy.orm import Session

from app.accounts import service as accounts
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.chat import sessions
from app.chat import views as chat
from app.chat.schemas import SessionWithMessagesOut
from app.core.errors import Conflict
from app.db.pages import Page
from app.identity import answers
from app.insights import views as insights
from app.journal_app import schemas
from app.journal_app.translation import PREFIX, translate
from app.limits.guards import limited
from app.personalities import views as personalities
from app.web.blueprints import Blueprint
from app.web.documents import zoned
from app.web.operations import Operations, view_of
from app.web.probes import health
from app.weekly import views as weekly
from app.workspace import category_views, goal_lists, goal_views, goals, journal_views, routine_views
from app.workspace.goal_lists import GoalQuery
from app.workspace.models import Goal
from app.workspace.schemas.goals import GoalIn

PRODUCTS = (
    (chat.blp, "/chat"),
    (insights.blp, "/chat"),
    (weekly.blp, "/chat/weekly-insights"),
    (personalities.blp, "/chat/personalities"),
    (goal_views.blp, "/goal"),
    (category_views.blp, "/category"),
    (journal_views.blp, "/journal"),
    (routine_views.blp, "/routine"),
)

blp = Blueprint("journal_app", __name__, url_prefix=PREFIX, description="What only the journaling app's client needs")
products = flask.Blueprint("journal_app_products", __name__, url_prefix=PREFIX)
for product, place in PRODUCTS:
    products.register_blueprint(product, url_prefix=place)
for part in (blp, products):
    part.after_request(translate)

operation = Operations(blp, OWN)
reading = Operations(blp, OWN, sessions=True)
writing = Operations(blp, OWN, sessions=True, notes=[zoned()])
listing = Operations(blp, OWN, rate=limited("sessions"), sessions=True)
blp.add_url_rule("/health", view_func=health)

listing("GET", "/chat/sessions", gives=SessionWithMessagesOut(many=True))(
    view_of(sessions.list_whole, "List my sessions with their messages, last used first")
)


@reading("GET", "/goal", takes=schemas.GoalsQuery, gives=schemas.GoalsOut)
def list_dated_goals(session: Session, principal: Principal, query: GoalQuery) -> Page[Goal]:
    """List goals that have a date, newest first"""
    return goal_lists.list_goals(session, principal, replace(query, dated=True))


writing("POST", "/goal", takes=GoalIn, gives=schemas.GoalWrittenOut, status=201, hears=goal_views.GOAL)(
    view_of(goals.create, "Create a goal, with milestones if wanted")
)


@reading("GET", "/auth/me", gives=schemas.AccountOut)
def read_account(session: Session, principal: Principal) -> dict[str, object]:
    """Who I am: of my account, else as far as my token says so"""
    profile = answers.profile(session, principal, flask.g.signed_in.profile)
    return asdict(accounts.me(session, principal)) | profile


@operation("GET", "/calendar/status", gives=schemas.CalendarOut)
def read_calendar_status(*_: object) -> dict[str, bool]:
    """Whether a calendar is connected; none ever is"""
    return {"connected": False}


@operation("GET", "/calendar/connect", fails=(409,))
def connect_calendar(*_: object) -> None:
    """Where to connect a calendar: nowhere"""
    raise Conflict("This service can't be connected with a calendar")


@operation("DELETE", "/calendar/disconnect", gives=schemas.DisconnectedOut)
def disconnect_calendar(*_: object) -> dict[str, object]:
    """Disconnect the calendar, if there is one"""
    return {"success": True, "message": "No calendar is connected"}
