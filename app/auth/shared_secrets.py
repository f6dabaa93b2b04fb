"""The secrets that tokens of our own are signed with: one signs, and while it is being changed another counts too."""

import hashlib
from collections.abc import Mapping, Sequence

import jwt

KEY_ID = 12  # hexadecimal digits


class SharedSecrets:
    """The first one signs; a token may be signed with any of them."""

    def __init__(self, secrets: Sequence[str], algorithms: Sequence[str]) -> None:
        self._by_id = {key_id(secret): secret for secret in secrets}
        self._algorithms = list(algorithms)

    def signing_key(self, token: str) -> str:
        """The secret to check a token with: its ``kid``'s, else the one that it was signed with.

        Others who sign with our secret may name their keys as they like, or not at all.
        """
        kid = jwt.get_unverified_header(token).get("kid", "")
        if kid in self._by_id:
            return self._by_id[kid]
        fitting = (secret for secret in self._by_id.values() if self._has_signed(secret, token))
        return next(fitting, self._newest)

    def sign(self, claims: Mapping[str, object]) -> str:
        headers = {"kid": key_id(self._newest)}
        return jwt.encode(dict(claims), self._newest, algorithm=self._algorithms[0], headers=headers)

    @property
    def _newest(self) -> str:
        return next(iter(self._by_id.values()))

    def _has_signed(self, secret: str, token: str) -> bool:
        try:
            jwt.PyJWS().decode(token, secret, algorithms=self._algorithms)
        except jwt.InvalidSignatureError:
            return False
        return True


def key_id(secret: str) -> str:
    """Names a secret without telling it."""
    return hashlib.sha256(f"key id of {secret}".encode()).hexdigest()[:KEY_ID]
