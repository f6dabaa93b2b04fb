"""What a view declares about who may call it. The guard stands right under the route, so nothing is read before it."""

import time
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from flask import g, request

from app.auth.allow_list import Source
from app.auth.keyring import Key, Keyring
from app.auth.principals import Principal, Scope
from app.auth.roles import READING, SERVICE, Resource
from app.auth.sign_ins import COOKIE, SignIns, pass_of
from app.auth.tokens import Pass, Tokens
from app.config.settings import Settings
from app.core import weeks
from app.core.errors import Forbidden, Unauthorized
from app.core.places import Place
from app.limits.permits import Limits, Permit
from app.web.container import resolve

View = Callable[..., Any]
FOR_SERVICES = 300  # seconds
MOST_ACCEPTED = 200  # characters of an Accept-Language that are looked at


def bearer(resource: Resource) -> Callable[[View], View]:
    """Needs a valid bearer token, of a role that the resource is open to; the view gets its ``Principal`` first.

    The cookie of a browser that is signed in does as well.
    """
    return lambda view: _marked(_guard(view, partial(_admitted, resource)), "bearer", resource)


def bearer_or_link(resource: Resource) -> Callable[[View], View]:
    """As ``bearer``; a signed link is let through as well. The view gets None first then, and checks it itself."""
    return lambda view: _marked(_guard(view, partial(_admitted_or_linked, resource)), "bearer", resource)


def operator(view: View) -> View:
    """Needs a bearer token with the operator role."""
    return bearer(SERVICE)(view)


def api_key(scope: Scope) -> Callable[[View], View]:
    """Needs an API key with this scope, used from where it may be; the view gets its ``Key`` first."""
    return lambda view: _marked(_guard(view, partial(check_key, scope)), "apiKey", scope=scope)


def public(view: View) -> View:
    """Open to anybody, and said so."""
    return _marked(view, "public")


def socket(resource: Resource) -> Callable[[View], View]:
    """A WebSocket that asks for a bearer token itself, in a header, the query or its first frame."""
    return lambda view: _marked(view, "socket", resource)


def key_socket(scope: Scope) -> Callable[[View], View]:
    """A WebSocket that asks for an API key itself, in a header, the query or a cookie."""
    return lambda view: _marked(view, "socket", scope=scope)


def bearer_token() -> str:
    """The token of the current request's ``Authorization`` header, or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def own_token(principal: Principal) -> str:
    """What a customer's data services are asked with: the caller's token, or one for a browser that has a cookie."""
    given = bearer_token()
    made = partial(resolve(Tokens).mint, principal.user_id, principal.tenant_id, principal.role, FOR_SERVICES)
    return given or made(g.signed_in.sign_in_id)


def page_token() -> str:
    """For a socket that a page of ours opens with its cookie. Browsers would send it with any other page's too."""
    if request.headers.get("Origin", "") != request.host_url.rstrip("/"):
        return ""
    tokens = resolve(Tokens)
    with suppress(Unauthorized):
        found = _by_cookie(tokens)
        who, left = found.principal, int(found.expires_at - time.time())
        return tokens.mint(who.user_id, who.tenant_id, who.role, left, found.sign_in_id)
    return ""


def request_source() -> Source:
    """Where the current request comes from; the proxy handling before us has settled the address.

    A page of our own host sends no ``Origin`` where it only reads; its browser says that it is one.
    """
    headers = request.headers
    own = request.host_url if headers.get("Sec-Fetch-Site") == "same-origin" else ""
    origin = headers.get("Origin", "") or own
    return Source(origin, headers.get("Referer", ""), request.host, request.remote_addr or "")


def place(country: str = "") -> Place:
    """Where the current request comes from, as far as it tells; ``country`` where that is known otherwise."""
    return Place(country, accepted=request.headers.get("Accept-Language", "")[:MOST_ACCEPTED])


def check_again() -> None:
    """Before a request that took its time stores anything. Raises ``Unauthorized`` when its token was revoked since."""
    permitted: Callable[[], bool] | None = g.get("still_permitted")
    if permitted is not None and not permitted():
        raise Unauthorized("The token was revoked")


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


def _marked(view: View, scheme: str, resource: Resource | None = None, scope: Scope | None = None) -> View:
    """Leaves what it takes where the OpenAPI document and the standing tests look for it."""
    view.auth, view.resource, view.scope = scheme, resource, scope  # type: ignore[attr-defined]
    docs = deepcopy(getattr(view, "_apidoc", {}))
    shown = {"socket": "bearer"}.get(scheme, scheme)
    security: list[dict[str, list[str]]] = [] if scheme == "public" else [{shown: []}]
    said = docs.setdefault("manual_doc", {})
    said.setdefault("security", security)
    if resource is not None:
        said["x-resource"] = resource.name
    if scope is not None:
        said["x-scope"] = scope
    view._apidoc = docs  # type: ignore[attr-defined]
    return view


def _signed_in() -> Principal:
    token, tokens = bearer_token(), resolve(Tokens)
    found = tokens.examine(token) if token else _by_cookie(tokens)
    g.signed_in, g.still_permitted = found, partial(tokens.permit, found)
    principal = g.principal = replace(found.principal, zone=_zone(), accepted=place().accepted)
    return principal


def _by_cookie(tokens: Tokens) -> Pass:
    """Whoever changes something by a cookie proves that the page which asks is ours."""
    cookie, sign_ins = request.cookies.get(COOKIE, ""), resolve(SignIns)
    if not cookie or not resolve(Settings).accounts.is_on:
        raise Unauthorized("No token provided")
    row = sign_ins.opened_by(cookie)
    found = pass_of(row)
    if not tokens.permit(found):
        raise Unauthorized("Sign in again")
    if request.method not in READING:
        sign_ins.check_form(row, request.headers.get("X-CSRF-Token", ""))
    return found


def _zone() -> str:
    given = request.headers.get("X-Timezone", "")
    return weeks.known(given) if given else ""


def _admitted(resource: Resource) -> Principal:
    principal = _signed_in()
    resource.admit(principal, request.method)
    return principal


def _admitted_or_linked(resource: Resource) -> Principal | None:
    return None if request.args.get("signature") else _admitted(resource)


def check_key(scope: Scope, given: str = "") -> Key:
    """The API key of the current request, or the one that it gave elsewhere; raises when none may be used."""
    text = request.headers.get("X-API-Key", "") or request.headers.get("Authorization", "").partition(" ")[2] or given
    if not text.strip():
        raise Unauthorized("No API key provided")
    key = admitted_key(text.strip(), scope)
    g.permit = use_of(key)
    return key


def admitted_key(text: str, scope: Scope) -> Key:
    """Raises ``Unauthorized``, or ``Forbidden`` for a key that is good, but not for this or not here."""
    keyring = resolve(Keyring)
    key = keyring.check(text)
    key.admit(scope, request_source())
    g.still_permitted = partial(keyring.permit, key)
    return key


def use_again(key: Key) -> Permit:
    """For an open socket, without a look at the database. Raises ``Unauthorized`` or ``RateLimited``."""
    keyring = resolve(Keyring)
    if not keyring.permit(key):
        raise Unauthorized("Invalid API key")
    keyring.note_use(key)
    return use_of(key)


def use_of(key: Key) -> Permit:
    """One unit of the key's own rate, if it has one. Raises ``RateLimited``."""
    return resolve(Limits).acquire_own(key.rate, key.id)
