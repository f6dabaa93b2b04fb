"""Whose place ``/app`` opens with while developing, so that nobody has to sign in before they see anything."""

import ipaddress
from contextlib import suppress

from flask import request

from app.auth.principals import Role
from app.auth.tokens import Tokens
from app.config.settings import Settings
from app.web.container import resolve

TENANT, USER = "demo", "demo-user"
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
    settings = resolve(Settings)
    path = settings.data_dir / KEY_FILE
    token = resolve(Tokens).mint(USER, TENANT, Role.OWNER, HOURS * 3600)
    return {"token": token, "api_key": path.read_text() if path.exists() else ""}


def _is_private(address: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(address).is_private
    return False
