"""Whose place ``/app`` opens with while developing, so that nobody has to sign in before they see anything."""

import ipaddress
from contextlib import suppress

from flask import request

from app.auth.principals import Role
from app.auth.tokens import Tokens
from app.config.settings import Settings
from app.web.container import resolve

TENANT, USER, OPERATOR = "demo", "demo-user", "demo-operator"
KEY_FILE = "demo_api_key"  # in DATA_DIR
HOURS = 12


def is_offered() -> bool:
    """Never in production, nor where people have accounts or tokens come from elsewhere."""
    settings = resolve(Settings)
    return not (settings.production or settings.accounts.is_on or settings.auth.jwks_url)


def is_near() -> bool:
    """Whether the request comes from this network, by an address: a page elsewhere could give us a name of its own."""
    name = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    return name == "localhost" or (_is_private(name.strip("[]")) and _is_private(request.remote_addr or ""))


def credentials() -> dict[str, str]:
    """An operator sees every tenant, so that only this machine gets one."""
    path = resolve(Settings).data_dir / KEY_FILE
    is_here = _is_loopback(request.remote_addr or "")
    return {
        "token": _token(USER, Role.OWNER),
        "operator_token": _token(OPERATOR, Role.OPERATOR) if is_here else "",
        "api_key": path.read_text() if path.exists() else "",
    }


def _token(user: str, role: Role) -> str:
    return resolve(Tokens).mint(user, TENANT, role, HOURS * 3600)


def _is_private(address: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address).is_private
    return False


def _is_loopback(address: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address).is_loopback
    return False
