"""Signing in with an account elsewhere: what the browser keeps meanwhile, and whose account here it opens."""

from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.models import SignInKind
from app.config.accounts import SignUp
from app.core.clock import now
from app.core.errors import BadRequest, Forbidden
from app.db.session import db
from app.identity import invitations, people, sign_in, sign_up, totp
from app.identity.models import Identity, User
from app.identity.provider import Attempt, Claims, NotVouchedFor
from app.identity.sign_in import SignedIn

COOKIE = "__Host-oidc"
LASTS = 600  # seconds that somebody may spend at the provider


class StateRefused(BadRequest):
    code, text = "STATE_REFUSED", "This sign-in was not begun in this browser, or took too long: begin again"


class NeedsCode(Forbidden):
    code, text = "CODE_REQUIRED", "This account needs a code: sign in with its password"


class Attempts:
    """Keeps an attempt in the browser's cookie, signed with the secret of tokens."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._serializer = URLSafeTimedSerializer(list(reversed(secrets)) or [""], salt="oidc attempt")

    def sealed(self, attempt: Attempt) -> str:
        return str(self._serializer.dumps(asdict(attempt)))

    def opened(self, cookie: str, state: str) -> Attempt:
        """Raises ``StateRefused``."""
        try:
            attempt = Attempt(**self._serializer.loads(cookie, max_age=LASTS))
        except (BadData, TypeError):
            raise StateRefused from None
        if not state or attempt.state != state:
            raise StateRefused
        return attempt


def local(path: str) -> str:
    """A path of ours; anything else leads to the start page."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if is_ours and not parts.netloc and not parts.scheme else "/"


def enter(claims: Claims, rule: SignUp, invitation: str, kind: SignInKind) -> SignedIn:
    """Raises ``NotVouchedFor``, ``SignUpClosed``, ``InvitationOver``, ``NeedsCode``."""
    with db.begin() as session:
        user = _linked(session, claims) or _by_address(session, claims, rule, invitation)
        if totp.is_required(session, user):
            raise NeedsCode
        if invitation:
            people.work_in(session, user, invitations.accept(session, invitation, user))
        return sign_in.begin(session, user, kind)


def _linked(session: Session, claims: Claims) -> User | None:
    row = session.get(Identity, (claims.issuer, claims.subject))
    return session.get(User, row.user_id, with_for_update=True) if row else None


def _by_address(session: Session, claims: Claims, rule: SignUp, invitation: str) -> User:
    """Whoever has the address has the account; a password that was set before it was proven is dropped."""
    if not claims.email:
        raise NotVouchedFor("The other account has no confirmed address")
    user = people.find(session, claims.email)
    if user is None:
        user = _made(session, claims, rule, invitation)
    people.prove(user)
    row = {"tenant_id": user.tenant_id, "user_id": user.user_id, "created_at": now()}
    link = insert(Identity).values(issuer=claims.issuer, subject=claims.subject, **row)
    session.execute(link.on_conflict_do_nothing())
    return user


def _made(session: Session, claims: Claims, rule: SignUp, invitation: str) -> User:
    sign_up.check_open(rule, invitation)
    if invitation:
        invitations.find(session, invitation, claims.email)
    return people.make(session, claims.email, claims.name, None)
