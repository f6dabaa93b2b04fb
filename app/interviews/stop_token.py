"""The token that stops an interview: told once, to who begins it, and kept as a hash."""

import hashlib
import hmac
import secrets

from app.interviews.errors import WrongToken
from app.interviews.models import Interview
from app.turns.idempotency import Claim


def issue(row: Interview, claim: Claim | None) -> str:
    """For an interview that begins."""
    row.stop_salt = secrets.token_hex(32)
    token = told(row, claim) or secrets.token_urlsafe(32)
    row.stop_hash = _hash(token)
    return token


def told(row: Interview, claim: Claim | None) -> str | None:
    """As the first answer told it. It follows from the request's key, so that nothing that opens need be kept.

    None when there was no key.
    """
    if claim is None or row.stop_salt is None:
        return None
    return hmac.new(row.stop_salt.encode(), claim.key.encode(), hashlib.sha256).hexdigest()


def check(row: Interview, token: str) -> None:
    """Raises ``WrongToken``."""
    if not hmac.compare_digest(row.stop_hash or "", _hash(token)):
        raise WrongToken


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
