"""The signed-in person over HTTP: settings and usage."""

from app.accounts import schemas, service
from app.accounts.service import Me, Usage
from app.accounts.settings import SettingsChanges
from app.auth.guards import bearer
from app.auth.principals import Principal
from app.db.session import db
from app.limits.guards import limits
from app.web.blueprints import Blueprint
from app.web.documents import errors

blp = Blueprint("me", __name__, url_prefix="/api/v1/me", description="The signed-in person")


@blp.route("", methods=["GET"])
@bearer
@blp.response(200, schemas.MeOut)
@errors(blp, 401)
def read_me(principal: Principal) -> Me:
    """Who I am and what I have set"""
    with db.read() as session:
        return service.me(session, principal)


@blp.route("", methods=["PATCH", "PUT"])
@bearer
@blp.arguments(schemas.SettingsIn)
@blp.response(200, schemas.MeOut)
@errors(blp, 400, 401)
def change_me(principal: Principal, body: SettingsChanges) -> Me:
    """Change my settings

    The time zone says when my week begins, unless a request carries an `X-Timezone` of its own.
    """
    with db.begin() as session:
        return service.change(session, principal, body)


@blp.route("/usage", methods=["GET"])
@bearer
@blp.arguments(schemas.UsageQuery, location="query")
@blp.response(200, schemas.UsageOut)
@errors(blp, 400, 401)
def read_usage(principal: Principal, query: dict[str, int]) -> Usage:
    """What I used of the models, and what is left of my limits"""
    with db.read() as session:
        return service.usage(session, principal, limits(), query["days"])
