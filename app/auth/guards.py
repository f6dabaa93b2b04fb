"""What a view declares about who may call it. The guard stands right under the route, so nothing is read before it."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from flask import g, request

from app.auth.allow_list import Source, allows
from app.auth.api_keys import Key, Keyring
from app.auth.principals import Principal
from app.auth.roles import SERVICE, Resource
from app.auth.tokens import Tokens
from app.core import weeks
from app.core.errors import Forbidden, Unauthorized
from app.web.container import resolve

View = Callable[..., Any]


def bearer(resource: Resource) -> Callable[[View], View]:
    """Needs a valid bearer token, of a role that the resource is open to; the view gets its ``Principal`` first."""
    return lambda view: _marked(_guard(view, partial(_admitted, resource)), "bearer", resource)


def operator(view: View) -> View:
    """Needs a bearer token with the operator role."""
    return bearer(SERVICE)(view)


def api_key(view: View) -> View:
    """Needs an API key, used from where its allow-list permits; the view gets its ``Key`` first."""
    return _marked(_guard(view, check_key), "apiKey")


def public(view: View) -> View:
    """Open to anybody, and said so."""
    return _marked(view, "public")


def socket(resource: Resource) -> Callable[[View], View]:
    """A WebSocket that asks for a bearer token itself, in a header, the query or its first frame."""
    return lambda view: _marked(view, "socket", resource)


def key_socket(view: View) -> View:
    """A WebSocket that asks for an API key itself, in a header, the query or a cookie."""
    return _marked(view, "socket")


def bearer_token() -> str:
    """The token of the current request's ``Authorization`` header, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def request_source() -> Source:
    """Where the current request comes from; the proxy handling before us has settled the address."""
    headers = request.headers
    return Source(headers.get("Origin", ""), headers.get("Referer", ""), request.host, request.remote_addr or "")


def is_operator() -> bool:
    """Whether the current request carries an operator's token."""
    with suppress(Unauthorized, Forbidden):
        return bool(_admitted(SERVICE))
    return False


def check_operator(token: str) -> Principal:
    """The operator whose token this is; raises for anybody else."""
    principal = resolve(Tokens).check(token)
    SERVICE.admit(principal, request.method)
    return principal


def _guard(view: View, who: Callable[[], object]) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> object:
        return view(who(), *args, **kwargs)

    return guarded


def _marked(view: View, scheme: str, resource: Resource | None = None) -> View:
    """Leaves scheme and resource where the OpenAPI document and the standing tests look for them."""
    view.auth, view.resource = scheme, resource  # type: ignore[attr-defined]
    docs = deepcopy(getattr(view, "_apidoc", {}))
    shown = {"socket": "bearer"}.get(scheme, scheme)
    security: list[dict[str, list[str]]] = [] if scheme == "public" else [{shown: []}]
    said = docs.setdefault("manual_doc", {})
    said.setdefault("security", security)
    if resource is not None:
        said["x-resource"] = resource.name
    view._apidoc = docs  # type: ignore[attr-defined]
    return view


def _signed_in() -> Principal:
    token = bearer_token()
    if not token:
        raise Unauthorized("No token provided")
    principal = g.principal = replace(resolve(Tokens).check(token), zone=_zone())
    return principal


def _zone() -> str:
    given = request.headers.get("X-Timezone", "")
    return weeks.known(given) if given else ""


def _admitted(resource: Resource) -> Principal:
    principal = _signed_in()
    resource.admit(principal, request.method)
    return principal


def check_key(given: str = "") -> Key:
    """The API key of the current request, or the one that it gave elsewhere; raises when none may be used."""
    text = request.headers.get("X-API-Key", "") or request.headers.get("Authorization", "").partition(" ")[2] or given
    if not text.strip():
        raise Unauthorized("No API key provided")
    key = resolve(Keyring).check(text.strip())
    if not allows(key.allow, request_source()):
        raise Forbidden("Origin/Host/IP not allowed for this API key")
    return key
