"""Links that open one thing, without a token, until a moment."""

import hashlib
import hmac
from collections.abc import Sequence

from app.config.settings import Settings
from app.core.clock import now

PURPOSE = "signed link"  # what the house's secrets sign here is good for nothing else


class SignedLinks:
    """Signs with the secret of tokens, and while that is being changed takes what the one before has signed.

    ``salt`` is the thing's own secret: links end with it, and nobody guesses them where no secret is set.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secrets) or ("",)

    @classmethod
    def of(cls, settings: Settings) -> "SignedLinks":
        return cls(settings.auth.secrets)

    def sign(self, subject: str, salt: str, until: int) -> str:
        """``until`` is in seconds since 1970."""
        return _signature(self._secrets[0], subject, salt, until)

    def permit(self, subject: str, salt: str, until: int, signature: str) -> bool:
        given = signature.encode("utf-8", "replace")
        made = (_signature(secret, subject, salt, until).encode() for secret in self._secrets)
        is_signed = any(hmac.compare_digest(one, given) for one in made)
        return is_signed and now().timestamp() < until


def _signature(secret: str, subject: str, salt: str, until: int) -> str:
    key = f"{PURPOSE}\n{secret}\n{salt}".encode()
    return hmac.new(key, f"{subject}\n{until}".encode(), hashlib.sha256).hexdigest()
