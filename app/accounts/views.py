"""The signed-in person over HTTP: settings and usage."""

from sqlalchemy.orm import Session

from app.accounts import schemas, service
from app.accounts.service import Usage
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.limits.permits import Limits
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.operations import Operations, view_of

blp = Blueprint("me", __name__, url_prefix="/api/v1/me", description="The signed-in person")
operation = Operations(blp, OWN, sessions=True)

operation("GET", "", gives=schemas.MeOut)(view_of(service.me, "Who I am and what I have set"))
operation("PATCH PUT", "", takes=schemas.SettingsIn, gives=schemas.MeOut)(
    view_of(
        service.change,
        "Change my settings",
        "The time zone says when my week begins, unless a request carries an `X-Timezone` of its own.",
    )
)


@operation("GET", "/usage", takes=schemas.UsageQuery, gives=schemas.UsageOut)
def read_usage(session: Session, principal: Principal, query: dict[str, int]) -> Usage:
    """What I used of the models, and what is left of my limits"""
    return service.usage(session, principal, resolve(Limits), query["days"])
