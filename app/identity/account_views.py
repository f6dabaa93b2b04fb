"""One's own account over HTTP: name, password, and the tenant that one works in."""

from flask import Response, g
from sqlalchemy.orm import Session

from app.auth.guards import bearer_token
from app.auth.models import SignInKind
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.db.session import db
from app.identity import account, answers, schemas
from app.identity.account import PasswordChange
from app.identity.answers import Person
from app.identity.guards import answered, throttle, when_on
from app.identity.people import Place
from app.web.blueprints import Blueprint
from app.web.operations import Operations

blp = Blueprint("account", __name__, url_prefix="/auth", description="One's own account")
operation = Operations(blp, OWN, fails=(404,), notes=[when_on])


@operation("PATCH", "/me", takes=schemas.NameIn, gives=schemas.UserOut)
def rename(principal: Principal, given: dict[str, str]) -> Person:
    """Change my name"""
    with db.begin() as session:
        account.rename(session, principal, given["name"])
        session.flush()
        return answers.me(session, principal, g.signed_in.profile)


@operation("POST", "/password", takes=schemas.PasswordChangeIn, gives=schemas.SignedInOut, fails=(429,))
def change_password(principal: Principal, new: PasswordChange) -> Response:
    """Change my password

    Who has none chooses one by `POST /auth/password/forgot`. All devices are signed out; this one goes on with what is
    answered, tokens or a cookie, as it was signed in.
    """
    kind = SignInKind.TOKENS if bearer_token() else SignInKind.COOKIE
    return answered(account.change_password(principal.user_id, new, kind, throttle()))


@Operations(blp, OWN, fails=(404,), notes=[when_on], sessions=True)(
    "POST", "/tenant", takes=schemas.TenantChoiceIn, gives=schemas.PlaceOut
)  # fmt: skip
def move(session: Session, principal: Principal, given: dict[str, str]) -> Place:
    """Go on in another tenant that I am in, or in my own, on all devices

    A cookie's next request is of that tenant; a token's person has the next one by `POST /auth/refresh`.
    """
    return account.move(session, principal, given["tenant"])
