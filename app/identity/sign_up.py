"""Signing up, and what follows by mail: confirming an address, a link to sign in, a new password, another address."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.config.accounts import SignUp
from app.core.errors import Conflict, Forbidden
from app.db.session import db
from app.identity import invitations, mail_requests, mail_tokens, passwords, people, sign_in
from app.identity.models import MailKind, Purpose
from app.identity.throttle import Throttle


class SignUpClosed(Forbidden):
    code, text = "SIGN_UP_CLOSED", "New accounts are by invitation only"


@dataclass(frozen=True, slots=True)
class NewAccount:
    email: str
    password: str
    name: str
    invitation: str


@dataclass(frozen=True, slots=True)
class NewAddress:
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class NewPassword:
    token: str
    password: str


def sign_up(new: NewAccount, rule: SignUp, throttle: Throttle) -> None:
    """The same for an address that is known. Raises ``SignUpClosed``, ``WeakPassword``, ``InvitationOver``."""
    check_open(rule, new.invitation)
    passwords.check_strength(new.password, new.email)
    throttle.mail(new.email)
    password_hash = passwords.hashed(new.password)
    with db.begin() as session:
        if new.invitation:
            _join(session, new, password_hash)
        else:
            people.propose(session, new.email, new.name, password_hash)
            mail_requests.post(session, MailKind.SIGN_UP, new.email)


def check_open(rule: SignUp, invitation: str) -> None:
    if rule is SignUp.OFF or (rule is SignUp.INVITATION and not invitation):
        raise SignUpClosed


def _join(session: Session, new: NewAccount, password_hash: str) -> None:
    """The link was mailed to this address alone: that it was opened proves it."""
    invitations.find(session, new.invitation, new.email)
    user = people.make(session, new.email, new.name, password_hash)
    people.work_in(session, user, invitations.accept(session, new.invitation, user))


def verify(token: str) -> None:
    """Raises ``LinkOver``."""
    with db.begin() as session:
        user, _ = mail_tokens.use(session, Purpose.VERIFY, token)
        people.confirm(user)


def ask_for(kind: MailKind, email: str, throttle: Throttle) -> None:
    """A mail, should there be an account. Raises ``RateLimited``."""
    throttle.mail(email)
    with db.begin() as session:
        mail_requests.post(session, kind, email)


def reset_password(new: NewPassword) -> None:
    """Signs out everywhere. Raises ``WeakPassword``, ``LinkOver``."""
    with db.read() as session:
        email = mail_tokens.owner_of(session, Purpose.RESET, new.token)
    passwords.check_strength(new.password, email)
    password_hash = passwords.hashed(new.password)
    with db.begin() as session:
        user, _ = mail_tokens.use(session, Purpose.RESET, new.token)
        people.prove(user)
        user.password_hash = password_hash
        people.sign_out_everywhere(session, user)


def ask_for_address(user_id: str, new: NewAddress, throttle: Throttle) -> None:
    """Mails both addresses; nothing changes yet. Raises ``WrongCredentials``, ``RateLimited``."""
    sign_in.check_again(user_id, new.password, throttle)
    throttle.mail(new.email)
    with db.begin() as session:
        user = people.account(session, user_id)
        mail_requests.post(session, MailKind.ADDRESS, new.email, user.tenant_id, user_id)
        mail_requests.post(session, MailKind.NOTICE, user.email, user.tenant_id, user_id)


def confirm_address(token: str) -> None:
    """Raises ``LinkOver``, and ``Conflict`` where somebody has taken the address meanwhile."""
    try:
        with db.begin() as session:
            user, address = mail_tokens.use(session, Purpose.ADDRESS, token)
            user.email = address
    except IntegrityError:
        raise Conflict("This address can't be used") from None
