"""Bearer tokens: JWTs signed with our secret, or an identity provider's, checked with its published keys."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import jwt

from app.auth.jwks import Keys
from app.auth.principals import Principal, Role
from app.config.settings import Auth
from app.core.errors import Unauthorized

ID_LENGTH = 128
LEEWAY = 10  # seconds of clock difference that we forgive


@dataclass(frozen=True, slots=True)
class Profile:
    """What an identity provider says of a person, as far as it does."""

    email: str = ""
    name: str = ""
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may come in, and until when (seconds since 1970)."""

    principal: Principal
    expires_at: float
    profile: Profile


class Tokens:
    """Checks tokens by the one algorithm family that the configuration pins, and mints them when the secret is ours."""

    def __init__(self, settings: Auth) -> None:
        self._settings = settings
        self._keys = Keys(settings.jwks_url) if settings.jwks_url else None
        self._options = {
            "require": ["exp"],
            "verify_aud": bool(settings.audience),
            "verify_iss": bool(settings.issuer),
        }

    def check(self, token: str) -> Principal:
        """The principal of a valid token; raises ``Unauthorized`` for any other."""
        return self.examine(token).principal

    def examine(self, token: str) -> Pass:
        """A valid token's principal and end; raises ``Unauthorized`` for any other token."""
        try:
            key = self._keys.signing_key(token) if self._keys else self._settings.secret
            claims = jwt.decode(
                token,
                key,
                algorithms=list(self._settings.algorithms),
                options=self._options,  # type: ignore[arg-type]
                issuer=self._settings.issuer or None,
                audience=self._settings.audience or None,
                leeway=LEEWAY,
            )
        except jwt.PyJWTError:
            raise Unauthorized("Invalid token") from None
        return Pass(_principal(claims), int(claims["exp"]) + LEEWAY, _profile(claims))

    def mint(self, user: str, tenant: str, role: str, ttl: int) -> str:
        """A token of our own, valid for ``ttl`` seconds."""
        issued = int(time.time())
        claims: dict[str, object] = {"sub": user, "user_id": user, "tenant_id": tenant, "role": role}
        claims |= {"iat": issued, "exp": issued + ttl}
        if self._settings.issuer:
            claims["iss"] = self._settings.issuer
        if self._settings.audience:
            claims["aud"] = self._settings.audience
        return jwt.encode(claims, self._settings.secret, algorithm=self._settings.algorithms[0])


def _principal(claims: Mapping[str, object]) -> Principal:
    user = _identifier(claims.get("user_id") or claims.get("sub"))
    if not user:
        raise Unauthorized("Invalid token")
    tenant = _identifier(claims["tenant_id"]) if claims.get("tenant_id") else user
    if not tenant:
        raise Unauthorized("Invalid token")
    role = claims.get("role")
    return Principal(user, tenant, Role(str(role)) if role in set(Role) else Role.MEMBER)


def _profile(claims: Mapping[str, object]) -> Profile:
    email, name = (str(claims.get(claim) or "") for claim in ("email", "name"))
    return Profile(email, name, claims.get("email_verified") is True)


def _identifier(value: object) -> str:
    """Ids are short printable text; anything else makes the token worthless."""
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    return text if 0 < len(text) <= ID_LENGTH and text.isprintable() else ""
