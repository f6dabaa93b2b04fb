"""What somebody who is in now is told, as bodies; and what accounts say of a token's person."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.auth.sign_ins import LASTS, SignIns
from app.auth.tokens import Profile, Tokens
from app.core.json import JSONObject
from app.identity import people
from app.identity.models import User
from app.identity.people import Place
from app.identity.sign_in import SignedIn

LIFE = 900  # seconds of an access token


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    email: str
    name: str
    email_verified: bool
    two_factor: bool
    tenant: str
    role: str
    tenants: list[Place]
    created_at: datetime | None
    timezone: str = settings.DEFAULT_ZONE


def with_tokens(signed: SignedIn, tokens: Tokens, known: SignIns) -> JSONObject:
    who = signed.principal
    token = tokens.mint(who.user_id, who.tenant_id, who.role, LIFE, signed.row.id)
    own = {"access_token": token, "token_type": "Bearer", "expires_in": LIFE}
    return {**own, "refresh_token": known.refresh_token(signed.row), "user": person(signed)}  # type: ignore[dict-item]


def with_cookie(signed: SignedIn, known: SignIns) -> JSONObject:
    own = {"csrf_token": known.csrf_token(signed.row), "expires_in": int(LASTS.total_seconds())}
    return {**own, "user": person(signed)}  # type: ignore[dict-item]


def person(signed: SignedIn) -> Person:
    return _person(signed.user, signed.principal, signed.places)


def me(session: Session, principal: Principal, said: Profile) -> Person:
    """Whoever has no account here is as their token says."""
    zone = settings.time_zone(session, principal)
    user = session.get(User, principal.user_id)
    if user is not None:
        return _person(user, principal, people.places(session, user), zone)
    since = settings.read(session, principal).created_at
    own = [Place(principal.tenant_id, "", principal.role)]
    return Person(
        principal.user_id, said.email, said.name, said.email_verified, False, principal.tenant_id, principal.role, own,
        since, zone,
    )  # fmt: skip


def profile(session: Session, principal: Principal, said: Profile) -> dict[str, object]:
    """Name and address: of the account, else of the token."""
    user = session.get(User, principal.user_id)
    return asdict(said) if user is None else asdict(Profile(user.email, user.name, user.verified_at is not None))


def _person(user: User, principal: Principal, places: list[Place], zone: str = settings.DEFAULT_ZONE) -> Person:
    return Person(
        user.user_id, user.email, user.name, user.verified_at is not None, user.totp_confirmed_at is not None,
        principal.tenant_id, principal.role, places, user.created_at, zone,
    )  # fmt: skip
