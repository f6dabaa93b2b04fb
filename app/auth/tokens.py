"""Bearer tokens: JWTs signed with our secret, or an identity provider's, checked with its published keys."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import jwt

from app.auth.jwks import Keys
from app.auth.principals import Principal, Role
from app.auth.revocations import Revocations
from app.auth.shared_secrets import SharedSecrets
from app.config.auth import Auth, Claims
from app.core.errors import Unauthorized
from app.core.ids import new_id

ID_LENGTH = 128
PERSONAL = "user:"  # begins the tenant of a person who has no other
Returning = Callable[[Principal, float], None]  # told who is there again, and when their tokens had been revoked
EXACTLY = "iat_ms"  # a claim of our own tokens: when they were issued, in milliseconds since 1970
LEEWAY = 10  # seconds of clock difference that we forgive


@dataclass(frozen=True, slots=True)
class Profile:
    """What an identity provider says of a person, as far as it does."""

    email: str = ""
    name: str = ""
    email_verified: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may come in, and until when (seconds since 1970). A token that says nothing of its issue is of 1970."""

    principal: Principal
    expires_at: float
    profile: Profile
    issued_at: float = 0.0
    token_id: str = ""
    sign_in_id: str = ""


class Tokens:
    """Checks tokens by the one algorithm family that the configuration pins; mints them when the secrets are ours."""

    def __init__(
        self, settings: Auth, revocations: Revocations | None = None, returning: Returning | None = None
    ) -> None:  # fmt: skip
        self._settings = settings
        self._revocations = revocations
        self._returning = returning
        self._secrets = SharedSecrets(settings.secrets, settings.algorithms)
        self._keys = Keys(settings.jwks_url) if settings.jwks_url else self._secrets
        self._options = {
            "require": ["exp"],
            "verify_aud": bool(settings.audience),
            "verify_iss": bool(settings.issuer),
        }

    def check(self, token: str) -> Principal:
        """The principal of a valid token; raises ``Unauthorized`` for any other."""
        return self.examine(token).principal

    def examine(self, token: str) -> Pass:
        """A valid token's principal and end.

        Raises ``Unauthorized`` for any other token, ``Unavailable`` while an identity provider's keys can't be had.
        """
        try:
            claims = jwt.decode(
                token,
                self._keys.signing_key(token),
                algorithms=list(self._settings.algorithms),
                options=self._options,  # type: ignore[arg-type]
                issuer=self._settings.issuer or None,
                audience=self._settings.audience or None,
                leeway=LEEWAY,
            )
            expires_at = int(claims["exp"]) + LEEWAY
        except jwt.PyJWTError:
            raise Unauthorized("Invalid token") from None
        except (OverflowError, TypeError, ValueError):  # a time that is none
            raise Unauthorized("Invalid token") from None
        found = Pass(_principal(claims, self._settings.claims), expires_at, _profile(claims), *_issue(claims))
        if not self.permit(found):
            raise Unauthorized("The token was revoked")
        self._welcome(found.principal)
        return found

    def _welcome(self, principal: Principal) -> None:
        since = self._revocations.since(principal) if self._revocations else None
        if since is not None and self._returning is not None:
            self._returning(principal, since)

    def permit(self, given: Pass) -> bool:
        """Whether a token that was good still is, as far as this process knows."""
        known, owner, since = self._revocations, given.principal, given.issued_at
        return known is None or (
            known.permit_token(owner, since, given.token_id)
            and (not given.sign_in_id or known.permit_token(owner, since, given.sign_in_id))
        )

    def mint(self, user: str, tenant: str, role: str, ttl: int, sign_in: str = "") -> str:
        """A token of our own, valid for ``ttl`` seconds. Its issue is told exactly too: revocations compare it."""
        issued = time.time()
        claims: dict[str, object] = {"sub": user, "user_id": user, "tenant_id": tenant, "role": role}
        claims |= {"iat": int(issued), EXACTLY: int(issued * 1000), "exp": int(issued) + ttl, "jti": new_id("token")}
        if sign_in:
            claims["sid"] = sign_in
        if self._settings.issuer:
            claims["iss"] = self._settings.issuer
        if self._settings.audience:
            claims["aud"] = self._settings.audience
        return self._secrets.sign(claims)


def _principal(claims: Mapping[str, object], names: Claims) -> Principal:
    user = _identifier(_first(claims, names.user))
    if not user:
        raise Unauthorized("Invalid token")
    given = _first(claims, names.tenant)
    tenant = personal_tenant(user) if given is None else _identifier(given)
    if not tenant or (tenant.startswith(PERSONAL) and tenant != personal_tenant(user)):
        raise Unauthorized("Invalid token")
    return Principal(user, tenant, _role(_first(claims, names.role)))


def personal_tenant(user: str) -> str:
    """Who belongs to no tenant is alone in one of their own, which no token can name for somebody else."""
    return f"{PERSONAL}{user}"


def _issue(claims: Mapping[str, object]) -> tuple[float, str, str]:
    """When it was issued, its id and that of the sign-in, as far as it says so."""
    issued_at, exactly = claims.get("iat"), claims.get(EXACTLY)
    moment = float(issued_at) if isinstance(issued_at, int | float) else 0.0
    if isinstance(exactly, int) and int(moment) == exactly // 1000:
        moment = exactly / 1000
    return moment, _identifier(claims.get("jti")), _identifier(claims.get("sid"))


def _first(claims: Mapping[str, object], names: Sequence[str]) -> object:
    """The first of these claims that the token has; an empty one is none."""
    return next((claims[name] for name in names if claims.get(name) not in (None, "")), None)


def _role(value: object) -> Role:
    if not isinstance(value, str | None):
        raise Unauthorized("Invalid token")
    return Role(value) if value in set(Role) else Role.MEMBER


def _profile(claims: Mapping[str, object]) -> Profile:
    email, name = (str(claims.get(claim) or "") for claim in ("email", "name"))
    return Profile(email, name, claims.get("email_verified") is True)


def _identifier(value: object) -> str:
    """Ids are short printable text; anything else makes the token worthless."""
    text = value if isinstance(value, str) else str(value) if type(value) is int else ""
    return text if 0 < len(text) <= ID_LENGTH and text.isprintable() else ""
