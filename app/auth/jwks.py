"""An identity provider's signing keys, fetched over https, kept, and asked for again only now and then."""

import threading
import time

import jwt
import msgspec
import requests
from jwt import PyJWKClientError

from app.outgoing.session import Client

KEEP = 3600  # seconds that a fetched key set is used
PAUSE = 30.0  # seconds between two fetches, however many unknown key ids arrive
TIMEOUT = 5.0  # seconds for one fetch
MAX_SIZE = 1024 * 1024  # bytes of a key set

_decode = msgspec.json.Decoder(dict[str, object]).decode


class Keys:
    """Finds the key of a token by its ``kid``; the token's own ``jku`` or ``jwk`` headers are never looked at."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client(from_environment=True)
        self._lock = threading.Lock()
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")

    def signing_key(self, token: str) -> jwt.PyJWK:
        """Raises ``PyJWTError`` when the key is unknown or the key set can't be had."""
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
            self._known = {key.key_id: key for key in self._fetch() if key.key_id}

    def _fetch(self) -> list[jwt.PyJWK]:
        try:
            answer = self._client.send(requests.Request("GET", self._url), seconds=TIMEOUT, max_size=MAX_SIZE)
            if answer.status == 200:
                return jwt.PyJWKSet.from_dict(_decode(answer.body)).keys
        except (requests.RequestException, msgspec.MsgspecError, UnicodeError) as error:
            raise PyJWKClientError("The key set can't be had") from error
        raise PyJWKClientError(f"The key set can't be had: status {answer.status}")
