"""What people change of their own account while they are signed in."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.auth.models import SignInKind
from app.auth.principals import Principal
from app.db.session import db
from app.identity import passwords, people, sign_in
from app.identity.people import Place
from app.identity.sign_in import SignedIn, WrongCredentials
from app.identity.throttle import Throttle


@dataclass(frozen=True, slots=True)
class PasswordChange:
    password: str
    new_password: str


def rename(session: Session, principal: Principal, name: str) -> None:
    people.account(session, principal.user_id).name = name


def change_password(user_id: str, new: PasswordChange, kind: SignInKind, throttle: Throttle) -> SignedIn:
    """Signs out everywhere, and in again here. Raises ``WrongCredentials``, ``WeakPassword``, ``RateLimited``."""
    known = sign_in.check_again(user_id, new.password, throttle)
    passwords.check_strength(new.new_password, known.email)
    password_hash = passwords.hashed(new.new_password)
    with db.begin() as session:
        user = people.account(session, user_id, lock=True)
        if user.password_hash != known.password_hash:  # it was changed meanwhile
            raise WrongCredentials
        user.password_hash = password_hash
        people.sign_out_everywhere(session, user)
        return sign_in.begin(session, user, kind)


def move(session: Session, principal: Principal, tenant: str) -> Place:
    """Raises ``NotFound`` for a tenant that they are not in."""
    user = people.account(session, principal.user_id, lock=True)
    people.work_in(session, user, tenant)
    return next(place for place in people.places(session, user) if place.id == tenant)
