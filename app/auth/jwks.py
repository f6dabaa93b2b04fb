"""An identity provider's signing keys, fetched over https, kept, and asked for again only now and then."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import jwt
import msgspec
import requests
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate
from jwt import PyJWKClientError
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app.core.errors import Unavailable
from app.outgoing.session import Client

KEEP = 3600  # seconds after which a fetched key set is asked for again; until it can be had the old one counts
PAUSE = 30.0  # seconds between two fetches, however many unknown key ids arrive
PAUSE_AFTER_FAILURE = 5.0
TIMEOUT = 3.0  # seconds for one fetch, and for whoever waits for it
MAX_SIZE = 1024 * 1024  # bytes of a key set

log = structlog.get_logger()
_decode = msgspec.json.Decoder(dict[str, object]).decode


@dataclass(slots=True)
class Fetch:
    """One fetch beside the requests; all that need it wait for the same."""

    due_again: float = 0.0
    failed: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


class Keys:
    """Finds the key of a token by its ``kid``; the token's own ``jku`` or ``jwk`` headers are never looked at."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client(from_environment=True)
        self._lock = threading.Lock()
        self._known: dict[str, jwt.PyJWK] = {}
        self._fetch: Fetch | None = None
        self._fresh_until = 0.0

    def signing_key(self, token: str) -> jwt.PyJWK:
        """Raises ``PyJWTError`` when the key is unknown, ``Unavailable`` when that can't be told.

        A known key is given at once, also while the provider is slow or away.
        """
        kid = jwt.get_unverified_header(token).get("kid")
        if not isinstance(kid, str):
            raise PyJWKClientError("The token names no key")
        if kid in self._known and time.monotonic() < self._fresh_until:
            return self._known[kid]
        fetch = self._fetched()
        if kid not in self._known:
            fetch.ended.wait(TIMEOUT)
        if kid in self._known:
            return self._known[kid]
        if fetch.failed or not fetch.ended.is_set():
            raise Unavailable("The identity provider's keys can't be had", retry_after=round(PAUSE_AFTER_FAILURE))
        raise PyJWKClientError("The token's key is not known")

    def _fetched(self) -> Fetch:
        """The fetch that is under way, or the last one while it is recent, or a new one."""
        with self._lock:
            last = self._fetch
            if last is not None and (not last.ended.is_set() or time.monotonic() < last.due_again):
                return last
            self._fetch = Fetch()
            threading.Thread(target=self._run, args=(self._fetch,), name="jwks", daemon=True).start()
            return self._fetch

    def _run(self, fetch: Fetch) -> None:
        try:
            self._known = {key.key_id: key for key in self._keys() if key.key_id}
            self._fresh_until = time.monotonic() + KEEP
        except (requests.RequestException, msgspec.MsgspecError, ValueError, jwt.PyJWTError) as error:
            fetch.failed = True
            log.warning("key_set_not_fetched", reason=type(error).__name__)
        finally:
            fetch.due_again = time.monotonic() + (PAUSE_AFTER_FAILURE if fetch.failed else PAUSE)
            fetch.ended.set()

    def _keys(self) -> list[jwt.PyJWK]:
        answer = self._client.send(requests.Request("GET", self._url), seconds=TIMEOUT, max_size=MAX_SIZE)
        if answer.status != 200:
            raise requests.HTTPError(f"status {answer.status}")
        return _keys_in(_decode(answer.body))


def _keys_in(published: dict[str, object]) -> list[jwt.PyJWK]:
    """Of a JWK set, or of PEM certificates by key id, as Firebase has them. Raises ``ValueError``, ``PyJWTError``."""
    if "keys" in published:
        return jwt.PyJWKSet.from_dict(published).keys
    return list(_certified(published))


def _certified(published: dict[str, object]) -> Iterator[jwt.PyJWK]:
    for kid, pem in published.items():
        key = load_pem_x509_certificate(str(pem).encode()).public_key()
        if isinstance(key, RSAPublicKey):
            yield jwt.PyJWK.from_dict(RSAAlgorithm.to_jwk(key, as_dict=True) | {"kid": kid})
        elif isinstance(key, EllipticCurvePublicKey):
            yield jwt.PyJWK.from_dict(ECAlgorithm.to_jwk(key, as_dict=True) | {"kid": kid})
