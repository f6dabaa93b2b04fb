"""An OpenID provider, found by discovery: where people are sent, and what it says of who comes back."""

import time
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any, Protocol
from urllib.parse import urlsplit

import jwt
import msgspec
import requests
import structlog
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from app.auth.jwks import Keys
from app.config.accounts import Oidc
from app.core.errors import NotFound, Unauthorized, Unavailable
from app.core.json import JSONObject, as_object
from app.outgoing.session import Answer, Client

WELL_KNOWN = "/.well-known/openid-configuration"
KEEP = 3600.0  # seconds that a provider's description is good for
SECONDS, LARGEST = 8.0, 1024 * 1024
LEEWAY = 60  # seconds of clock difference
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
SCOPE = "openid email profile"
FAULTS = (
    OAuth2Error, JoseError, jwt.PyJWTError, requests.RequestException, msgspec.MsgspecError, ValueError, KeyError,
    TypeError,
)  # fmt: skip

log = structlog.get_logger()


class NotVouchedFor(Unauthorized):
    code, text = "OIDC_FAILED", "The other account could not be checked: begin again"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back, which only the browser that began it can end."""

    state: str = field(default_factory=lambda: token_urlsafe(24))
    nonce: str = field(default_factory=lambda: token_urlsafe(24))
    verifier: str = field(default_factory=lambda: token_urlsafe(48))
    return_to: str = "/"
    invitation: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """``email`` is empty where the provider does not vouch for it."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Description:
    authorization: str
    token: str
    keys: Keys
    methods: tuple[str, ...]
    read_at: float


class Provider:
    """The one that is configured, or none."""

    def __init__(self, wanted: Oidc | None, redirect_uri: str) -> None:
        self._wanted = wanted
        self._redirect_uri = redirect_uri
        self._client = Client(from_environment=True)
        self._described: Description | None = None

    @property
    def name(self) -> str:
        return self._wanted.name if self._wanted else ""

    def address(self, attempt: Attempt) -> str:
        """Where the browser goes. Raises ``NotFound`` without a provider, ``Unavailable`` while it can't be asked."""
        protocol, description = self._protocol()
        url, _ = protocol.create_authorization_url(
            description.authorization, state=attempt.state, code_verifier=attempt.verifier, nonce=attempt.nonce
        )
        return str(url)

    def claims(self, code: str, attempt: Attempt) -> Claims:
        """Of the person who came back with a code. Raises ``NotVouchedFor``, ``Unavailable``."""
        protocol, description = self._protocol()
        try:
            given = protocol.fetch_token(description.token, code=code, code_verifier=attempt.verifier)
            return self._checked(description, given, attempt)
        except FAULTS as error:
            log.warning("oidc_refused", reason=type(error).__name__)
            raise NotVouchedFor from None

    def _protocol(self) -> tuple[OAuth2Client, Description]:
        wanted, description = self._configured(), self._description()
        usual = "client_secret_basic" in description.methods or not description.methods
        method = ("client_secret_basic" if usual else "client_secret_post") if wanted.client_secret else "none"
        protocol = OAuth2Client(
            _Exchange(self._client), wanted.client_id, wanted.client_secret, token_endpoint_auth_method=method,
            scope=SCOPE, redirect_uri=self._redirect_uri, code_challenge_method="S256",
        )  # fmt: skip
        return protocol, description

    def _checked(self, description: Description, given: dict[str, Any], attempt: Attempt) -> Claims:
        wanted, token = self._configured(), str(given["id_token"])
        found = jwt.decode(
            token, description.keys.signing_key(token), algorithms=ALGORITHMS, issuer=wanted.issuer,
            audience=wanted.client_id, leeway=LEEWAY, options={"require": ["exp", "iat", "sub", "iss", "aud"]},
        )  # fmt: skip
        params = {"nonce": attempt.nonce, "client_id": wanted.client_id, "access_token": given.get("access_token")}
        CodeIDToken(found, jwt.get_unverified_header(token), {}, params).validate(leeway=LEEWAY)
        is_vouched_for = found.get("email_verified") in {True, "true"} or wanted.trusts_address
        email = str(found.get("email") or "").strip().lower() if is_vouched_for else ""
        return Claims(wanted.issuer, str(found["sub"])[:255], email, str(found.get("name") or "")[:200])

    def _configured(self) -> Oidc:
        if self._wanted is None:
            raise NotFound("No other account can be used here")
        return self._wanted

    def _description(self) -> Description:
        known = self._described
        if known is None or time.monotonic() - known.read_at > KEEP:
            try:
                known = self._described = self._discovered(self._configured())
            except FAULTS as error:
                log.warning("oidc_not_discovered", reason=type(error).__name__)
                if known is None:
                    raise Unavailable("The other account's provider can't be reached") from None
        return known

    def _discovered(self, wanted: Oidc) -> Description:
        """A provider that describes another one, or sends us to plain http, is not believed."""
        asked = requests.Request("GET", wanted.issuer.rstrip("/") + WELL_KNOWN, headers={"Accept": "application/json"})
        told = _body(self._client.send(asked, seconds=SECONDS, max_size=LARGEST))
        if told["issuer"] != wanted.issuer:
            raise ValueError("issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        authorization, token, keys = (_endpoint(wanted, str(told[name])) for name in names)
        methods = told.get("token_endpoint_auth_methods_supported") or []
        listed = tuple(map(str, methods)) if isinstance(methods, list) else ()
        return Description(authorization, token, Keys(keys), listed, time.monotonic())


class _Signs(Protocol):
    def prepare(self, method: str, uri: str, headers: dict[str, str], body: str) -> tuple[str, dict[str, str], str]: ...


class _Exchange:
    """As much of a session as the protocol uses: bounded in time and size, and follows nothing."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def post(self, url: str, data: dict[str, str], headers: dict[str, str], auth: _Signs) -> "_Answered":
        plain = requests.Request("POST", url, data=data).prepare().body
        uri, signed, body = auth.prepare("POST", url, dict(headers), str(plain))
        asked = requests.Request("POST", uri, headers=signed, data=body)
        return _Answered(self._client.send(asked, seconds=SECONDS, max_size=LARGEST))


class _Answered:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.status_code = answer.status

    def json(self) -> object:
        return msgspec.json.decode(self._answer.body)

    def raise_for_status(self) -> None:
        if self.status_code >= 400:
            raise requests.HTTPError(f"status {self.status_code}")


def _body(answer: Answer) -> JSONObject:
    if answer.status != 200:
        raise requests.HTTPError(f"status {answer.status}")
    return as_object(msgspec.json.decode(answer.body))


def _endpoint(wanted: Oidc, url: str) -> str:
    """As safe as the issuer itself."""
    allowed = {"https"} | {urlsplit(wanted.issuer).scheme}
    if urlsplit(url).scheme not in allowed:
        raise ValueError("scheme")
    return url
