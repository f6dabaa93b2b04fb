"""Which tokens are let in, and as whom."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.auth import jwks
from app.auth.principals import Principal, Role
from app.auth.tokens import Tokens
from app.config.auth import Auth, Claims
from app.core.errors import Unauthorized, Unavailable
from tests.auth.provider import Provider, certificate

SECRET = "a secret of these tests that is long enough"
SOON = {"exp": time.time() + 3600}


def checking(**changes: Any) -> Tokens:
    return Tokens(
        Auth(**{"secret": SECRET, "jwks_url": "", "issuer": "", "audience": "", "algorithms": ("HS256",)} | changes)
    )


def signed(claims: dict[str, Any], key: str = SECRET, algorithm: str = "HS256", **headers: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def refused(tokens: Tokens, token: str) -> bool:
    with pytest.raises(Unauthorized):
        tokens.check(token)
    return True


def test_user_and_tenant_come_from_the_claims() -> None:
    claims = SOON | {"sub": "ignored", "user_id": "u1", "tenant_id": "t1", "role": "admin"}
    assert checking().check(signed(claims)) == Principal("u1", "t1", Role.ADMIN)


def test_without_a_tenant_the_user_is_its_own() -> None:
    assert checking().check(signed(SOON | {"sub": "u1"})) == Principal("u1", "user:u1", Role.MEMBER)
    assert checking().check(signed(SOON | {"sub": "u1", "tenant_id": None})).tenant_id == "user:u1"


def test_nobody_can_name_the_tenant_of_another_person() -> None:
    assert checking().check(signed(SOON | {"sub": "u1", "tenant_id": "user:u1"})).tenant_id == "user:u1"
    assert refused(checking(), signed(SOON | {"sub": "u2", "tenant_id": "user:u1"}))
    assert checking().check(signed(SOON | {"sub": "acme"})).tenant_id != "acme"


@pytest.mark.parametrize(
    "claims",
    [
        {"tenant_id": []}, {"tenant_id": {"id": "t1"}}, {"tenant_id": False}, {"tenant_id": 0.5}, {"role": ["owner"]},
        {"role": {"a": 1}}, {"role": 7}, {"exp": "soon"}, {"exp": 1e400}, {"exp": [1]}, {"iat": "x"}, {"nbf": {}},
        {"user_id": ["u1"]}, {"user_id": {"a": 1}}, {"user_id": True},
    ],
)  # fmt: skip
def test_a_claim_of_the_wrong_kind_is_no_token(claims: dict[str, Any]) -> None:
    assert refused(checking(), signed(SOON | {"sub": "u1"} | claims))


def test_the_claims_that_count_are_configured() -> None:
    tokens = checking(claims=Claims(user=("sub",), tenant=("org", "team"), role=("level",)))
    claims = SOON | {"sub": "u1", "user_id": "u2", "tenant_id": "t1", "team": "t2", "level": "owner"}
    assert tokens.check(signed(claims)) == Principal("u1", "t2", Role.OWNER)


def test_parts_that_are_joined_can_be_told_apart() -> None:
    assert Principal("b:c", "a").key != Principal("c", "a:b").key
    assert Principal("c", "a").key == "a:c"


def test_an_unknown_role_is_a_member() -> None:
    assert checking().check(signed(SOON | {"sub": "u1", "role": "emperor"})).role is Role.MEMBER


def test_a_token_needs_an_end_and_a_start_that_has_come() -> None:
    tokens = checking()
    assert refused(tokens, signed({"sub": "u1"}))
    assert refused(tokens, signed({"sub": "u1", "exp": time.time() - 60}))
    assert refused(tokens, signed(SOON | {"sub": "u1", "nbf": time.time() + 60}))


def test_a_token_needs_a_user() -> None:
    for user in (None, "", 0.5, "u" * 200, "u\n1", ["u1"], {"id": 1}, True):
        assert refused(checking(), signed(SOON | {"user_id": user}))


def test_issuer_and_audience_are_checked_when_configured() -> None:
    tokens = checking(issuer="https://id.example", audience="coach")
    right = SOON | {"sub": "u1", "iss": "https://id.example", "aud": "coach"}
    assert tokens.check(signed(right)).user_id == "u1"
    assert refused(tokens, signed(right | {"iss": "https://other.example"}))
    assert refused(tokens, signed(right | {"aud": "other"}))
    assert refused(tokens, signed(SOON | {"sub": "u1"}))


def test_other_keys_and_algorithms_are_refused() -> None:
    tokens = checking()
    assert refused(tokens, signed(SOON | {"sub": "u1"}, key="another secret that is long enough too"))
    assert refused(tokens, signed(SOON | {"sub": "u1"}, algorithm="HS512"))
    assert refused(tokens, jwt.encode(SOON | {"sub": "u1"}, None, algorithm="none"))
    for junk in ("", "a", "a.b.c", "..", "é.é.é"):
        assert refused(tokens, junk)


def test_a_minted_token_is_let_in() -> None:
    tokens = checking(issuer="us", audience="coach")
    assert tokens.check(tokens.mint("u1", "t1", "owner", 60)) == Principal("u1", "t1", Role.OWNER)


@pytest.fixture
def provider() -> Any:
    with Provider() as running:
        yield running


@pytest.fixture
def trusting(provider: Provider) -> Tokens:
    return checking(secret="", jwks_url=provider.url, algorithms=("RS256", "ES256"))


def test_a_providers_token_is_checked_with_its_published_key(provider: Provider, trusting: Tokens) -> None:
    token = signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first")
    assert trusting.check(token).user_id == "u1"


def test_certificates_by_key_id_are_keys_too(provider: Provider, trusting: Tokens) -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()  # fmt: skip
    provider.published = {"first": certificate(provider.private), "second": certificate(curve)}
    assert trusting.check(signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first")).user_id == "u1"
    assert trusting.check(signed(SOON | {"sub": "u2"}, curve, "ES256", kid="second")).user_id == "u2"
    assert refused(trusting, signed(SOON | {"sub": "u1"}, curve, "ES256", kid="first"))


@pytest.mark.parametrize("published", [{"first": "no certificate"}, {"first": 5}, {"keys": []}, {"keys": "first"}])
def test_what_is_no_key_lets_nobody_in(provider: Provider, trusting: Tokens, published: dict[str, Any]) -> None:
    provider.published = published
    assert unavailable(trusting, signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first"))


def test_the_key_set_is_fetched_once(provider: Provider, trusting: Tokens) -> None:
    for _ in range(5):
        trusting.check(signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first"))
    assert provider.fetched == 1


def test_a_flood_of_unknown_keys_fetches_no_more(provider: Provider, trusting: Tokens) -> None:
    kids = [f"unknown-{number}" for number in range(20)]
    forged = [signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid=kid) for kid in kids]
    assert all(refused(trusting, token) for token in forged)
    assert provider.fetched == 1


def test_the_public_key_is_no_shared_secret(provider: Provider, trusting: Tokens) -> None:
    head = {"alg": "HS256", "typ": "JWT", "kid": "first"}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, SOON | {"sub": "u1"})]
    mac = hmac.new(provider.public_pem, b".".join(parts), hashlib.sha256).digest()
    forged = b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()
    assert refused(trusting, forged)


def test_a_key_inside_the_token_is_not_looked_at(provider: Provider, trusting: Tokens) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = own.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(own.public_key()))
    assert refused(trusting, signed(SOON | {"sub": "u1"}, pem, "RS256", jwk=jwk))
    assert refused(trusting, signed(SOON | {"sub": "u1"}, pem, "RS256", kid="first", jku=provider.url))


def unavailable(tokens: Tokens, token: str) -> bool:
    with pytest.raises(Unavailable):
        tokens.check(token)
    return True


def test_while_keys_can_not_be_had_nobody_is_called_unauthorized() -> None:
    tokens = checking(secret="", jwks_url="http://127.0.0.1:9/keys", algorithms=("RS256",))
    assert unavailable(tokens, signed(SOON | {"sub": "u1"}, SECRET, "HS256", kid="first"))


def test_known_keys_outlive_their_provider(
    provider: Provider, trusting: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first")
    monkeypatch.setattr(jwks, "KEEP", -1)
    monkeypatch.setattr(jwks, "PAUSE", 0.0)
    trusting.check(token)
    provider.__exit__(None, None, None)
    assert trusting.check(token).user_id == "u1"
    assert unavailable(trusting, signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="second"))


def test_a_slow_provider_stalls_nobody_whose_key_is_known(
    provider: Provider, trusting: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(SOON | {"sub": "u1"}, provider.private, "RS256", kid="first")
    trusting.check(token)
    provider.hold.clear()
    monkeypatch.setattr(jwks, "PAUSE", 0.0)
    monkeypatch.setattr(trusting._keys, "_fresh_until", 0.0)
    assert [trusting.check(token).user_id for _ in range(20)] == ["u1"] * 20
    provider.hold.set()
