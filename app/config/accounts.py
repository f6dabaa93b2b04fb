"""Whether people have accounts here, who may sign up, where mail goes, and who else signs people in."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from app.config.environment import ConfigError, Reader
from app.outgoing.mail import LOOPBACK, Smtp

SENDER = re.compile(r"[^<>@\s]+@[^<>@\s]+|[^<>@\r\n]+ <[^<>@\s]+@[^<>@\s]+>")
SMTP_PORTS = {"smtp": 587, "smtps": 465}


class SignUp(StrEnum):
    OPEN = "open"
    INVITATION = "invitation"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Oidc:
    """An OpenID provider. ``trusts_address``: its addresses count although it does not call them verified."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    trusts_address: bool


@dataclass(frozen=True, slots=True)
class Accounts:
    """``public_url`` is how people reach us: links in mails never follow a request's own host."""

    is_on: bool
    sign_up: SignUp
    public_url: str
    smtp: Smtp | None
    mail_from: str
    oidc: Oidc | None
    has_outbox: bool


def read_accounts(read: Reader, production: bool, port: int) -> Accounts:
    is_on = read.choice("ACCOUNTS", "OFF", ("ON", "OFF")) == "ON"
    if is_on and read.text("AUTH_JWKS_URL"):
        raise ConfigError("ACCOUNTS can't be on with AUTH_JWKS_URL: tokens come from one place.")
    public_url = _public_url(read, production, port)
    if is_on and not public_url:
        raise ConfigError("PUBLIC_URL is required in production with ACCOUNTS=on: links in mails begin with it.")
    sign_up = read.choice("SIGN_UP", "INVITATION", tuple(word.upper() for word in SignUp))
    return Accounts(
        is_on, SignUp(sign_up.lower()), public_url, _smtp(read), _sender(read, public_url), _oidc(read, production),
        has_outbox=not production,
    )  # fmt: skip


def _public_url(read: Reader, production: bool, port: int) -> str:
    """An origin; on Render its own address unless another is set."""
    url = read.url("PUBLIC_URL", ("https", "http")) or (read.text("RENDER_EXTERNAL_URL") if production else "")
    if not url:
        return "" if production else f"http://localhost:{port}"
    parts = urlsplit(url)
    if not parts.hostname or parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username:
        raise ConfigError("PUBLIC_URL must look like https://coach.example.com, without a path.")
    if production and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ConfigError("PUBLIC_URL must start with https:// in production.")
    return f"{parts.scheme}://{parts.netloc}"


def _smtp(read: Reader) -> Smtp | None:
    url = read.url("SMTP_URL", tuple(SMTP_PORTS))
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port or SMTP_PORTS[parts.scheme]
    except ValueError:
        port = 0
    if not parts.hostname or not port:
        raise ConfigError("SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Smtp(parts.hostname, port, user, password, parts.scheme == "smtps")


def _sender(read: Reader, public_url: str) -> str:
    sender = read.text("MAIL_FROM", f"coachhouse@{urlsplit(public_url).hostname or 'localhost'}")
    if not SENDER.fullmatch(sender):
        raise ConfigError("MAIL_FROM must look like coach@example.com or Coach <coach@example.com>.")
    return sender


def _oidc(read: Reader, production: bool) -> Oidc | None:
    issuer = read.url("OIDC_ISSUER", ("https",) if production else ("https", "http"))
    client_id, client_secret = read.text("OIDC_CLIENT_ID"), read.text("OIDC_CLIENT_SECRET")
    trusts_address = read.choice("OIDC_TRUST_EMAIL", "NO", ("YES", "NO")) == "YES"
    if bool(issuer) != bool(client_id):
        raise ConfigError("OIDC_ISSUER and OIDC_CLIENT_ID must be set together.")
    if not issuer:
        return None
    name = read.text("OIDC_NAME", urlsplit(issuer).hostname or "another account")
    return Oidc(issuer, client_id, client_secret, name, trusts_address)
