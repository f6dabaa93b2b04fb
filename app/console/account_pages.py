"""The pages of accounts, where links in mails land too: one form each, clients of the public API like all pages."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template

from app.auth.guards import public
from app.config.accounts import SignUp
from app.identity.guards import accounts, when_on
from app.identity.provider import Provider
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import binary, errors

PREFIX = "/auth"


@dataclass(frozen=True, slots=True)
class Field:
    """``fill`` is what the browser may fill in. A field that is not ``needed`` may be left empty."""

    name: str
    label: str
    kind: str
    fill: str
    needed: bool = True
    least: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A form and the path that its fields are sent to, which is the page's own. ``then`` is where it leads."""

    path: str
    title: str
    lead: str
    button: str
    fields: tuple[Field, ...] = ()
    then: str = ""


EMAIL = Field("email", "E-mail address", "email", "username")
OLD = Field("password", "Password", "password", "current-password")
NEW = Field("password", "Password, at least 8 characters", "password", "new-password", least=8)
NAME = Field("name", "Name", "text", "name", needed=False)
CODE = Field("code", "Code of your authenticator app", "text", "one-time-code", needed=False, hidden=True)
SIGNED_IN, TOLD, DONE = "signed-in", "told", "sign-in"

PAGES = (
    AccountPage("/auth/sign-in", "Sign in.", "Go on where you left off.", "Sign in", (EMAIL, OLD, CODE), SIGNED_IN),
    AccountPage("/auth/sign-up", "Sign up.", "A mail will ask you to confirm your address.", "Sign up",
                (EMAIL, NAME, NEW), TOLD),
    AccountPage("/auth/magic-link", "A link instead.", "We mail you a link that signs you in, once.", "Mail me a link",
                (EMAIL,), TOLD),
    AccountPage("/auth/magic-link/use", "Welcome back.", "This link signs you in.", "Sign in", (CODE,), SIGNED_IN),
    AccountPage("/auth/password/forgot", "A new password.", "We mail you a link to choose one.", "Mail me a link",
                (EMAIL,), TOLD),
    AccountPage("/auth/password/reset", "A new password.", "All your devices are signed out then.", "Keep it", (NEW,),
                DONE),
    AccountPage("/auth/verify", "Is this you?", "Confirm that this address is yours.", "Confirm", (), DONE),
    AccountPage("/auth/email/confirm", "Is this you?", "Confirm that this new address is yours.", "Confirm", (), DONE),
)  # fmt: skip


blp = Blueprint("account_pages", __name__, url_prefix=PREFIX, description="Pages of accounts, for people")


def _view(page: AccountPage) -> Callable[[], str]:
    def show() -> str:
        wanted = accounts()
        is_open = wanted.sign_up is SignUp.OPEN
        return render_template("account.html", page=page, is_open=is_open, provider=resolve(Provider).name)

    show.__name__ = page.path[1:].replace("/", "_").replace("-", "_")
    show.__doc__ = f"A page for people: {page.button.lower()}"
    view: Callable[[], str] = public(when_on(errors(blp, 404)(binary(blp, "text/html")(show))))
    return view


for one in PAGES:
    blp.route(one.path.removeprefix(PREFIX), methods=["GET"])(_view(one))
