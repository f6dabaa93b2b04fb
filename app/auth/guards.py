"""What a view declares about who may call it. The guard stands right under the route, so nothing is read before it."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import wraps
from typing import Any

from flask import g, request

from app.auth.allow_list import Source, allows
from app.auth.api_keys import Key, Keyring
from app.auth.principals import Principal, Role
from app.auth.tokens import Tokens
from app.core import weeks
from app.core.errors import Forbidden, Unauthorized
from app.web.container import resolve

View = Callable[..., Any]
MANAGING = frozenset({Role.OWNER, Role.ADMIN, Role.OPERATOR})


def bearer(view: View) -> View:
    """Needs a valid bearer token; the view gets its ``Principal`` first."""
    return _guard(view, "bearer", _signed_in)


def operator(view: View) -> View:
    """Needs a bearer token with the operator role."""
    return _guard(view, "bearer", _operating)


def tenant_manager(view: View) -> View:
    """Needs a bearer token of who answers for the tenant, or of an operator."""
    return _guard(view, "bearer", _managing)


def api_key(view: View) -> View:
    """Needs an API key, used from where its allow-list permits; the view gets its ``Key`` first."""
    return _guard(view, "apiKey", check_key)


def public(view: View) -> View:
    """Open to anybody, and said so."""
    return _marked(view, "public")


def socket(view: View) -> View:
    """A WebSocket that asks for a bearer token itself, in a header, the query or its first frame."""
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
        return bool(_operating())
    return False


def check_operator(token: str) -> Principal:
    """The operator whose token this is; raises for anybody else."""
    return _only_operator(resolve(Tokens).check(token))


def _guard(view: View, scheme: str, who: Callable[[], object]) -> View:
    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> object:
        return view(who(), *args, **kwargs)

    return _marked(guarded, scheme)


def _marked(view: View, scheme: str) -> View:
    """Leaves the scheme where the OpenAPI document and the standing test look for it."""
    view.auth = scheme  # type: ignore[attr-defined]
    docs = deepcopy(getattr(view, "_apidoc", {}))
    shown = {"socket": "bearer"}.get(scheme, scheme)
    security: list[dict[str, list[str]]] = [] if scheme == "public" else [{shown: []}]
    docs.setdefault("manual_doc", {}).setdefault("security", security)
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


def _operating() -> Principal:
    return _only_operator(_signed_in())


def _managing() -> Principal:
    principal = _signed_in()
    if principal.role not in MANAGING:
        raise Forbidden("Owners and admins only")
    return principal


def _only_operator(principal: Principal) -> Principal:
    if principal.role is not Role.OPERATOR:
        raise Forbidden("Operators only")
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
