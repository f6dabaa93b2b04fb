"""Signing in by password or by a mailed link, going on with a refresh token, and the end of it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth import sign_ins
from app.auth.models import SignIn, SignInKind
from app.auth.principals import Principal
from app.auth.sign_ins import SignIns
from app.core.errors import Unauthorized
from app.db.session import db
from app.identity import mail_tokens, passwords, people, totp
from app.identity.models import Purpose, User
from app.identity.people import Place
from app.identity.throttle import Throttle


class WrongCredentials(Unauthorized):
    code = "WRONG_CREDENTIALS"
    text = "The address or the password is wrong, or the address is not confirmed yet"


@dataclass(frozen=True, slots=True)
class Credentials:
    email: str
    password: str
    code: str
    cookie: bool

    @property
    def kind(self) -> SignInKind:
        return SignInKind.COOKIE if self.cookie else SignInKind.TOKENS


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is in now, by ``row``."""

    row: SignIn
    principal: Principal
    user: User
    places: list[Place]


def by_password(given: Credentials, throttle: Throttle) -> SignedIn:
    """Raises ``WrongCredentials``, ``CodeRequired``, ``RateLimited``."""
    with throttle.attempt(given.email):
        known = _known(given.email, given.password)
        with db.begin() as session:
            user = session.get(User, known.user_id, with_for_update=True)
            if user is None or user.password_hash != known.password_hash:  # it was changed meanwhile
                raise WrongCredentials
            totp.check(session, user, given.code)
            return begin(session, user, given.kind)


def by_link(token: str, code: str, kind: SignInKind, throttle: Throttle) -> SignedIn:
    """A link is used up by whoever gets in. Raises ``LinkOver``, ``CodeRequired``, ``RateLimited``."""
    with db.read() as session:
        address = mail_tokens.owner_of(session, Purpose.MAGIC_LINK, token)
    with throttle.attempt(address), db.begin() as session:
        user, _ = mail_tokens.use(session, Purpose.MAGIC_LINK, token)
        people.prove(user)
        totp.check(session, user, code)
        return begin(session, user, kind)


def begin(session: Session, user: User, kind: SignInKind) -> SignedIn:
    principal = people.principal(session, user)
    return SignedIn(sign_ins.begin(session, principal, kind), principal, user, people.places(session, user))


def refresh(known: SignIns, refresh_token: str, tenant: str | None) -> SignedIn:
    """In exchange for the newest token of a family; an older one ends the family. Raises ``Unauthorized``."""
    with db.begin() as session:
        people.lock_owner(session, sign_in_id=sign_ins.id_in(refresh_token))
        row, is_newest = known.family_of(session, refresh_token)
        if is_newest:
            return _turned(session, row, tenant)
        sign_ins.end(session, row)
    raise Unauthorized(sign_ins.REFUSED)


def end(known: SignIns, refresh_token: str) -> None:
    """What is none any more is none to end."""
    with db.begin() as session:
        try:
            row, _ = known.family_of(session, refresh_token)
        except Unauthorized:
            return
        sign_ins.end(session, row)


def end_this(sign_in_id: str) -> None:
    with db.begin() as session:
        row = session.get(SignIn, sign_in_id, with_for_update=True)
        if row is not None:
            sign_ins.end(session, row)


def check_again(user_id: str, password: str, throttle: Throttle) -> User:
    """Who is signed in shows once more who they are; as they were. Raises ``WrongCredentials``, ``RateLimited``."""
    with db.read() as session:
        email = people.account(session, user_id).email
    with throttle.attempt(email):
        return _known(email, password)


def _turned(session: Session, row: SignIn, tenant: str | None) -> SignedIn:
    user = people.account(session, row.user_id)
    principal = people.work_in(session, user, tenant) if tenant else people.principal(session, user)
    sign_ins.turn(row, principal)
    return SignedIn(row, principal, user, people.places(session, user))


def _known(email: str, password: str) -> User:
    """The account that both belong to, as it was. Takes its time, whoever is asked for."""
    with db.read() as session:
        user = people.find(session, email)
    is_right = passwords.matches(user.password_hash if user else None, password)
    if user is None or not is_right or user.verified_at is None:
        raise WrongCredentials
    return user
