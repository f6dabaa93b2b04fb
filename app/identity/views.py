"""Accounts over HTTP: signing up and in, going on, and what is mailed."""

from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import Session

from app.auth.guards import bearer_token
from app.auth.models import SignInKind
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.auth.sign_ins import COOKIE, SignIns
from app.auth.tokens import Tokens
from app.core.json import JSONObject
from app.db.session import db
from app.identity import answers, people, schemas, sign_in, sign_up, totp
from app.identity.guards import accounts, answered, opening, take_cookie, throttle, when_on
from app.identity.models import MailKind
from app.identity.sign_in import Credentials
from app.identity.sign_up import NewAccount, NewAddress, NewPassword
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.operations import Operations

TOLD = {"message": "If this address can be used, a mail is on its way."}

blp = Blueprint("accounts", __name__, url_prefix="/auth", description="Accounts: sign up, sign in, go on")
operation = Operations(blp, OWN, fails=(404,), notes=[when_on])


@opening(blp, "POST", "/sign-up", takes=schemas.SignUpIn, gives=schemas.ToldOut, status=202, fails=(403,))
def make_account(new: NewAccount) -> JSONObject:
    """Sign up

    The answer is the same for an address that has an account. A mail has a link that confirms the address: before it
    was used nobody can sign in. With an invitation to this address no link is needed.
    """
    sign_up.sign_up(new, accounts().sign_up, throttle())
    return TOLD


@opening(blp, "POST", "/sign-in", takes=schemas.SignInIn, gives=schemas.SignedInOut, fails=(401,))
def begin_session(given: Credentials) -> Response:
    """Sign in with address and password

    `code` where an authenticator app is set up: without it 401 `CODE_REQUIRED`. With `cookie` a browser gets the cookie
    `__Host-session`, which does wherever a bearer token does; requests that change something then carry `csrf_token` as
    `X-CSRF-Token`.
    """
    return answered(sign_in.by_password(given, throttle()))


@opening(blp, "POST", "/refresh", takes=schemas.RefreshIn, gives=schemas.SignedInOut, fails=(401,))
def refresh(given: dict[str, Any]) -> Response:
    """Go on with a refresh token

    It is good once, and the answer has the next one. Who uses one again ends them all, and the access tokens with them.
    """
    return answered(sign_in.refresh(resolve(SignIns), given["refresh_token"], given["tenant"]))


@opening(blp, "POST", "/sign-out", takes=schemas.SignOutIn, status=204, fails=(401, 403))
def end_session(given: dict[str, str]) -> Response:
    """Sign out: the refresh token of the body, else the cookie or the bearer token, with all that they gave out"""
    response = Response(status=204)
    _end(given["refresh_token"], request.cookies.get(COOKIE, ""))
    take_cookie(response, COOKIE)
    return response


@operation("POST", "/sign-out-everywhere", status=204)
def end_all_sessions(principal: Principal) -> Response:
    """Sign out on all devices: tokens, cookies and mailed links count no more, everywhere within five seconds"""
    with db.begin() as session:
        people.sign_out_everywhere(session, people.account(session, principal.user_id, lock=True))
    response = Response(status=204)
    take_cookie(response, COOKIE)
    return response


@opening(blp, "POST", "/magic-link", takes=schemas.AddressIn, gives=schemas.ToldOut, status=202)
def ask_for_link(given: dict[str, str]) -> JSONObject:
    """Have a link mailed that signs in, once, within 15 minutes; the answer is the same whoever asks"""
    sign_up.ask_for(MailKind.MAGIC_LINK, given["email"], throttle())
    return TOLD


@opening(blp, "POST", "/magic-link/use", takes=schemas.LinkSignInIn, gives=schemas.SignedInOut, fails=(401,))
def use_link(given: dict[str, Any]) -> Response:
    """Sign in with a mailed link"""
    kind = SignInKind.COOKIE if given["cookie"] else SignInKind.TOKENS
    return answered(sign_in.by_link(given["token"], given["code"], kind, throttle()))


@opening(blp, "POST", "/password/forgot", takes=schemas.AddressIn, gives=schemas.ToldOut, status=202)
def forget_password(given: dict[str, str]) -> JSONObject:
    """Have a link mailed that chooses a new password, within an hour; the answer is the same whoever asks"""
    sign_up.ask_for(MailKind.RESET, given["email"], throttle())
    return TOLD


@opening(blp, "POST", "/password/reset", takes=schemas.ResetIn, gives=schemas.ToldOut)
def reset_password(new: NewPassword) -> JSONObject:
    """Choose a new password with a mailed link; all devices are signed out"""
    sign_up.reset_password(new)
    return {"message": "The new password signs you in."}


@opening(blp, "POST", "/verify", takes=schemas.LinkIn, gives=schemas.ToldOut)
def verify(given: dict[str, str]) -> JSONObject:
    """Confirm an address with a mailed link; then its password signs in"""
    sign_up.verify(given["token"])
    return {"message": "The address is confirmed: sign in."}


@operation("POST", "/email", takes=schemas.NewAddressIn, gives=schemas.ToldOut, status=202, fails=(429,))
def ask_for_address(principal: Principal, new: NewAddress) -> JSONObject:
    """Change my address: both get a mail, and nothing changes before the new one is confirmed"""
    sign_up.ask_for_address(principal.user_id, new, throttle())
    return TOLD


@opening(blp, "POST", "/email/confirm", takes=schemas.LinkIn, gives=schemas.ToldOut, fails=(409,))
def confirm_address(given: dict[str, str]) -> JSONObject:
    """Confirm my new address with a mailed link"""
    sign_up.confirm_address(given["token"])
    return {"message": "The new address signs you in."}


@operation("POST", "/totp", takes=schemas.PasswordIn, gives=schemas.TotpOut, fails=(409, 429))
def propose_app(principal: Principal, given: dict[str, str]) -> JSONObject:
    """Set up an authenticator app: a secret for it, which counts once a code has confirmed it"""
    sign_in.check_again(principal.user_id, given["password"], throttle())
    with db.begin() as session:
        user = people.account(session, principal.user_id)
        return {"secret": totp.propose(user), "uri": totp.uri(user)}


@operation("POST", "/totp/confirm", takes=schemas.CodeIn, status=204, fails=(429,))
def confirm_app(principal: Principal, given: dict[str, str]) -> None:
    """Confirm the authenticator app with a code: from now on signing in asks for one"""
    with throttle().attempt(principal.user_id), db.begin() as session:
        totp.confirm(people.account(session, principal.user_id, lock=True), given["code"])


@operation("POST", "/totp/remove", takes=schemas.CodeIn, status=204, fails=(409, 429))
def remove_app(principal: Principal, given: dict[str, str]) -> None:
    """Do without the authenticator app, which operators can't"""
    with throttle().attempt(principal.user_id), db.begin() as session:
        totp.remove(session, people.account(session, principal.user_id, lock=True), given["code"])


@Operations(blp, OWN, sessions=True)("GET", "/me", gives=schemas.MeOut)
def read_me(session: Session, principal: Principal) -> dict[str, object]:
    """Who I am: of my account, else as far as my token says so"""
    found = answers.me(session, principal, g.signed_in.profile)
    told: dict[str, object] = {name: getattr(found, name) for name in found.__slots__}
    cookie = request.cookies.get(COOKIE, "")
    by_cookie = not bearer_token() and cookie
    return told | ({"csrf_token": _form_token(cookie)} if by_cookie else {})


def _form_token(cookie: str) -> str:
    known = resolve(SignIns)
    return known.csrf_token(known.opened_by(cookie))


def _end(refresh_token: str, cookie: str) -> None:
    known, token = resolve(SignIns), bearer_token()
    if refresh_token:
        sign_in.end(known, refresh_token)
    elif token:
        sign_in.end_this(resolve(Tokens).examine(token).sign_in_id)
    elif cookie:
        row = known.opened_by(cookie)
        known.check_form(row, request.headers.get("X-CSRF-Token", ""))
        sign_in.end_this(row.id)
