"""An identity provider's signing keys, fetched over https, kept, and asked for again only now and then."""

import threading
import time

import jwt
from jwt import PyJWKClient, PyJWKClientError

KEEP = 3600  # seconds that a fetched key set is used
PAUSE = 30.0  # seconds between two fetches, however many unknown key ids arrive
TIMEOUT = 5  # seconds for one fetch


class Keys:
    """Finds the key of a token by its ``kid``; the token's own ``jku`` or ``jwk`` headers are never looked at."""

    def __init__(self, url: str) -> None:
        self._client = PyJWKClient(url, cache_keys=True, cache_jwk_set=True, lifespan=KEEP, timeout=TIMEOUT)
        self._lock = threading.Lock()
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def signing_key(self, token: str) -> jwt.PyJWK:
        """Raises ``PyJWKClientError`` when the key is unknown or the key set can't be had."""
        kid = jwt.get_unverified_header(token).get("kid")
        if not isinstance(kid, str):
            raise PyJWKClientError("The token names no key")
        if kid not in self._known or time.monotonic() - self._fetched_at > KEEP:
            self._refresh()
        if kid not in self._known:
            raise PyJWKClientError("The token's key is not known")
        return self._known[kid]

    def _refresh(self) -> None:
        with self._lock:
            if time.monotonic() - self._fetched_at < PAUSE:
                return
            self._fetched_at = time.monotonic()
            keys = self._client.get_jwk_set(refresh=True).keys
            self._known = {key.key_id: key for key in keys if key.key_id}
