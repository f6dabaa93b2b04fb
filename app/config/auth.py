"""How bearer tokens are checked, and what their claims mean."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from app.config.environment import ConfigError, Reader

SHORTEST = 32  # characters of a secret in production
ADVICE = f"set it to at least {SHORTEST} random characters"


@dataclass(frozen=True, slots=True)
class Claims:
    """Which claims of a token say who it is for: the first one that is there counts."""

    user: tuple[str, ...] = ("user_id", "sub")
    tenant: tuple[str, ...] = ("tenant_id",)
    role: tuple[str, ...] = ("role",)


@dataclass(frozen=True, slots=True)
class Auth:
    """``secret`` signs HS256 tokens, and it or ``previous_secret`` checks them.

    With ``jwks_url`` an identity provider's tokens are checked instead.
    """

    secret: str
    jwks_url: str
    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    claims: Claims = Claims()
    previous_secret: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """All that a token may be signed with, the one that signs first."""
        return tuple(secret for secret in (self.secret, self.previous_secret) if secret)


def read_auth(read: Reader, production: bool, data_dir: Path) -> Auth:
    jwks_url = read.url("AUTH_JWKS_URL", ("https",) if production else ("https", "http"))
    secret, previous = (_secret(read, name, production) for name in ("AUTH_JWT_SECRET", "AUTH_JWT_SECRET_PREVIOUS"))
    if not secret and not jwks_url:
        if production:
            raise ConfigError(f"AUTH_JWT_SECRET is required in production: {ADVICE}.")
        secret = kept_secret(data_dir)
    algorithms = read.items("AUTH_ALGORITHMS") or (("RS256", "ES256") if jwks_url else ("HS256",))
    if bool(jwks_url) == any(name.startswith("HS") for name in algorithms) or "none" in algorithms:
        raise ConfigError("AUTH_ALGORITHMS must be HS* with a secret, or RS*/ES* with AUTH_JWKS_URL.")
    issuer, audience = read.text("AUTH_ISSUER"), read.text("AUTH_AUDIENCE")
    if production and jwks_url and not (issuer and audience):
        raise ConfigError("AUTH_ISSUER and AUTH_AUDIENCE are required in production with AUTH_JWKS_URL.")
    return Auth(secret, jwks_url, issuer, audience, algorithms, _claims(read, bool(jwks_url)), previous)


def _secret(read: Reader, name: str, production: bool) -> str:
    secret = read.text(name)
    if secret and len(secret) < SHORTEST and production:
        raise ConfigError(f"{name} is too short: {ADVICE}.")
    return secret


def _claims(read: Reader, from_provider: bool) -> Claims:
    """A provider vouches for ``sub``; other claims may hold what people wrote themselves."""
    usual = Claims(user=("sub", "user_id")) if from_provider else Claims()
    pairs = [item.partition("=") for item in read.items("AUTH_CLAIMS")]
    given = {name: tuple(names.split("|")) for name, _, names in pairs}
    if given.keys() - {"user", "tenant", "role"} or not all(all(names) for names in given.values()):
        raise ConfigError("AUTH_CLAIMS must look like user=sub,tenant=org_id,role=role, with | between alternatives.")
    return replace(usual, **given)


def kept_secret(data_dir: Path) -> str:
    """The development secret: made once, kept in ``DATA_DIR`` so that tokens outlive a restart."""
    path = data_dir / "jwt_secret"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"DATA_DIR {data_dir} can't be written ({error.strerror}).") from None
