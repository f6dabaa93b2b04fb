"""Signing in with an account elsewhere: the way there, and the way back."""

from typing import TypedDict

from flask import Response, request

from app.auth.models import SignInKind
from app.auth.sign_ins import COOKIE as SESSION
from app.auth.sign_ins import LASTS as SESSION_LASTS
from app.auth.sign_ins import SignIns
from app.identity import oidc, schemas
from app.identity.guards import accounts, give_cookie, opening, take_cookie
from app.identity.oidc import Attempts
from app.identity.provider import Attempt, Provider
from app.identity.sign_in import SignedIn
from app.web.blueprints import Blueprint
from app.web.container import resolve

REFUSED = "/auth/sign-in?refused=1"  # by the person, over there

blp = Blueprint("oidc", __name__, url_prefix="/auth/oidc", description="Signing in with an account elsewhere")


class Callback(TypedDict):
    code: str
    state: str
    error: str


@opening(blp, "GET", "/start", takes=schemas.OidcQuery, status=302, fails=(503,))
def start(wish: dict[str, str]) -> Response:
    """Go to the other account's provider

    OpenID Connect with PKCE. The way back ends at `return_to`, a path of this service, with the cookie of a session.
    """
    attempt = Attempt(return_to=oidc.local(wish["return_to"]), invitation=wish["invitation"])
    response = _moved(resolve(Provider).address(attempt))
    give_cookie(response, oidc.COOKIE, resolve(Attempts).sealed(attempt), oidc.LASTS, "Lax")
    return response


@opening(blp, "GET", "/callback", takes=schemas.CallbackQuery, status=302, fails=(401, 403, 503))
def come_back(given: Callback) -> Response:
    """Come back from the other account's provider"""
    attempt = resolve(Attempts).opened(request.cookies.get(oidc.COOKIE, ""), given["state"])
    if given["error"]:
        return _over(_moved(REFUSED))
    claims = resolve(Provider).claims(given["code"], attempt)
    signed = oidc.enter(claims, accounts().sign_up, attempt.invitation, SignInKind.COOKIE)
    return _over(_signed_in(_moved(attempt.return_to), signed))


def _moved(address: str) -> Response:
    response = Response(status=302)
    response.headers["Location"] = address
    response.autocorrect_location_header = False
    return response


def _signed_in(response: Response, signed: SignedIn) -> Response:
    value, seconds = resolve(SignIns).cookie(signed.row), int(SESSION_LASTS.total_seconds())
    give_cookie(response, SESSION, value, seconds, "Strict")
    return response


def _over(response: Response) -> Response:
    take_cookie(response, oidc.COOKIE)
    return response
