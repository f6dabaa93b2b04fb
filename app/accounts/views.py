"""The signed-in person over HTTP: settings and usage."""

from sqlalchemy.orm import Session

from app.accounts import schemas, service
from app.accounts.service import Me, Usage
from app.accounts.settings import SettingsChanges
from app.auth.principals import Principal
from app.limits.guards import limits
from app.web.blueprints import Blueprint
from app.web.operations import Operations

blp = Blueprint("me", __name__, url_prefix="/api/v1/me", description="The signed-in person")
operation = Operations(blp, sessions=True)


@operation("GET", "", gives=schemas.MeOut)
def read_me(session: Session, principal: Principal) -> Me:
    """Who I am and what I have set"""
    return service.me(session, principal)


@operation("PATCH PUT", "", takes=schemas.SettingsIn, gives=schemas.MeOut)
def change_me(session: Session, principal: Principal, body: SettingsChanges) -> Me:
    """Change my settings

    The time zone says when my week begins, unless a request carries an `X-Timezone` of its own.
    """
    return service.change(session, principal, body)


@operation("GET", "/usage", takes=schemas.UsageQuery, gives=schemas.UsageOut)
def read_usage(session: Session, principal: Principal, query: dict[str, int]) -> Usage:
    """What I used of the models, and what is left of my limits"""
    return service.usage(session, principal, limits(), query["days"])
