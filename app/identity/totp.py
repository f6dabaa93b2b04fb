"""Codes of an authenticator app (TOTP): required of operators, offered to everybody. Each code counts once."""

import time

import pyotp
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import BadRequest, Conflict, Unauthorized
from app.identity import people
from app.identity.models import User

PERIOD = 30  # seconds
ISSUER = "Coachhouse"
NEIGHBOURS = (-1, 0, 1)  # clocks differ


class CodeRequired(Unauthorized):
    code, text = "CODE_REQUIRED", "A code of your authenticator app is required, one that was not used before"


class WrongCode(BadRequest):
    code, text = "WRONG_CODE", "The code is wrong or was used before"


def is_required(session: Session, user: User) -> bool:
    return user.totp_confirmed_at is not None or people.is_operator(session, user)


def check(session: Session, user: User, code: str) -> None:
    """For whoever needs one. Raises ``CodeRequired``, for a wrong code as for none."""
    if is_required(session, user) and not _takes(user, code):
        raise CodeRequired


def propose(user: User) -> str:
    """A new secret, which counts once a code has confirmed it. Raises ``Conflict`` where one counts already."""
    if user.totp_confirmed_at is not None:
        raise Conflict("An authenticator app is set up already")
    user.totp_secret, user.totp_step = pyotp.random_base32(), 0
    return user.totp_secret


def confirm(user: User, code: str) -> None:
    if not _takes(user, code):
        raise WrongCode
    user.totp_confirmed_at = user.totp_confirmed_at or now()


def remove(session: Session, user: User, code: str) -> None:
    if people.is_operator(session, user):
        raise Conflict("Operators need an authenticator app")
    if not _takes(user, code):
        raise WrongCode
    user.totp_secret = user.totp_confirmed_at = None


def uri(user: User) -> str:
    """What authenticator apps read from a QR code."""
    return pyotp.TOTP(user.totp_secret or "").provisioning_uri(name=user.email, issuer_name=ISSUER)


def _takes(user: User, code: str) -> bool:
    """The row must be locked: two who bring the same code at once are one too many."""
    if not user.totp_secret or not code:
        return False
    step, totp = int(time.time()) // PERIOD, pyotp.TOTP(user.totp_secret)
    fitting = [one for one in (step + offset for offset in NEIGHBOURS) if totp.verify(code, for_time=one * PERIOD)]
    fresh = max((one for one in fitting if one > user.totp_step), default=0)
    user.totp_step = fresh or user.totp_step
    return bool(fresh)
