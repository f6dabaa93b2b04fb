"""Signing in with an account elsewhere, at a provider that is honest or not."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from tests.identity.conftest import PUBLIC, Someone
from tests.identity.issuer import CLIENT, SECRET, Issuer

START, BACK = "/auth/oidc/start", "/auth/oidc/callback"


@pytest.fixture(scope="module")
def running() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(running: Issuer) -> Issuer:
    running.reset()
    return running


@pytest.fixture(scope="module")
def settings(running: Issuer) -> dict[str, str]:
    names = {"OIDC_ISSUER": running.url, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    return names | {"ACCOUNTS": "on", "SIGN_UP": "open", "PUBLIC_URL": PUBLIC}


@pytest.fixture(scope="module")
def oidc_app(make_app: Callable[..., Flask], settings: dict[str, str]) -> Flask:
    return make_app(**settings)


@pytest.fixture
def ada(oidc_app: Flask, issuer: Issuer, clean: None) -> Someone:
    return Someone(oidc_app.test_client())


def went(someone: Someone, issuer: Issuer, **query: str) -> str:
    """To the provider and through it: where the browser comes back to, as a path."""
    answer = someone.client.get(f"{START}?{urlencode(query)}")
    assert answer.status_code == 302, answer.json
    assert answer.location.startswith(f"{issuer.url}/authorize?")
    back = issuer.approve(answer.location)
    assert back.startswith(f"{PUBLIC}{BACK}?")
    return back.removeprefix(PUBLIC)


def came(someone: Someone, issuer: Issuer, **query: str) -> Any:
    return someone.client.get(went(someone, issuer, **query))


def me(someone: Someone) -> Any:
    return someone.client.get("/auth/me").json


def test_an_account_elsewhere_makes_one_here_and_opens_it(ada: Someone, issuer: Issuer) -> None:
    answer = came(ada, issuer, return_to="/care?x=1")
    assert (answer.status_code, answer.location) == (302, "/care?x=1")
    first = me(ada)
    assert (first["email"], first["name"], first["email_verified"]) == ("ada@example.com", "Ada", True)
    again = Someone(ada.client.application.test_client())
    came(again, issuer)
    assert me(again)["id"] == first["id"]


def test_it_opens_the_account_of_the_same_address(ada: Someone, issuer: Issuer) -> None:
    ada.join()
    came(ada, issuer)
    assert me(ada)["id"] == ada.signed["user"]["id"]
    assert ada.sign_in().status_code == 200


def test_a_password_that_was_set_before_the_address_was_proven_is_dropped(ada: Someone, issuer: Issuer) -> None:
    ada.sign_up("a thief's password")
    came(ada, issuer)
    assert ada.sign_in("a thief's password").status_code == 401


def test_an_address_that_nobody_vouches_for_opens_nothing(ada: Someone, issuer: Issuer) -> None:
    ada.join()
    issuer.person["email_verified"] = False
    assert came(ada, issuer).status_code == 401


def test_who_is_known_gets_in_whatever_their_address_is_now(ada: Someone, issuer: Issuer) -> None:
    came(ada, issuer)
    first = me(ada)["id"]
    issuer.person |= {"email": "new@example.com", "email_verified": False}
    came(ada, issuer)
    assert me(ada)["id"] == first


def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "of an earlier sign-in"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "another client"}},
    "another party": {"claims": {"aud": [CLIENT, "x"], "azp": "x"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "over": {"claims": {"exp": 1_000_000_000}},
    "not yet": {"claims": {"nbf": 9_000_000_000}},
    "another key": {"key": other_key()},
    "no key": {"key": "", "algorithm": "none"},
    "a secret as key": {"key": f"{SECRET} and long enough", "algorithm": "HS256"},
    "of another access token": {"claims": {"at_hash": "AAAA"}},
}


@pytest.mark.parametrize("lie", LIES)
def test_tokens_that_are_not_for_this_sign_in_are_refused(ada: Someone, issuer: Issuer, lie: str) -> None:
    for name, value in LIES[lie].items():
        setattr(issuer, name, value)
    answer = came(ada, issuer)
    assert (answer.status_code, answer.json["statusCode"]) == (401, 401)
    assert ada.client.get("/auth/me").status_code == 401


def test_only_the_browser_that_began_comes_back(ada: Someone, issuer: Issuer) -> None:
    """Otherwise somebody could sign a victim in to an account of theirs."""
    victim = Someone(ada.client.application.test_client())
    planted = went(ada, issuer)
    assert victim.client.get(planted).status_code == 400
    went(victim, issuer)
    assert victim.client.get(planted).status_code == 400


@pytest.mark.parametrize("state", ["", "made up"])
def test_a_state_that_is_not_ours_is_refused(ada: Someone, issuer: Issuer, state: str) -> None:
    back = dict(parse_qsl(urlsplit(went(ada, issuer)).query)) | {"state": state}
    assert ada.client.get(f"{BACK}?{urlencode(back)}").status_code == 400


def test_a_way_back_is_good_once(ada: Someone, issuer: Issuer) -> None:
    back = went(ada, issuer)
    assert ada.client.get(back).status_code == 302
    assert ada.client.get(back).status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/\t/evil.example", "evil.example", "http:evil.example", "/%0d%0aSet-Cookie:x=1\r\nSet-Cookie: x=1",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(ada: Someone, issuer: Issuer, elsewhere: str) -> None:
    assert came(ada, issuer, return_to=elsewhere).location == "/"


def test_who_says_no_over_there_is_back_at_the_door(ada: Someone, issuer: Issuer) -> None:
    state = dict(parse_qsl(urlsplit(went(ada, issuer)).query))["state"]
    answer = ada.client.get(f"{BACK}?{urlencode({'error': 'access_denied', 'state': state})}")
    assert answer.location == "/auth/sign-in?refused=1"


def test_by_invitation_only(
    make_app: Callable[..., Flask], settings: dict[str, str], ada: Someone, issuer: Issuer
) -> None:
    issuer.person |= {"email": "bob@example.com", "sub": "2"}
    bob = Someone(make_app(**settings | {"SIGN_UP": "invitation"}).test_client(), "bob@example.com")
    assert came(bob, issuer).status_code == 403
    caller = ada.join().caller
    acme = caller.post("/api/v1/tenants", json={"name": "Acme"}).json["id"]
    caller.post(f"/api/v1/tenants/{acme}/invitations", json={"email": bob.email})
    assert came(bob, issuer, invitation=bob.token()).status_code == 302
    assert me(bob)["tenant"] == acme


@pytest.mark.parametrize("lie", [{"issuer": "https://evil.example"}, {"token_endpoint": None}])
def test_a_description_that_makes_no_sense_is_not_believed(
    make_app: Callable[..., Flask], settings: dict[str, str], issuer: Issuer, clean: None, lie: dict[str, Any]
) -> None:
    issuer.description = lie
    answer = make_app(**settings).test_client().get(START)
    assert (answer.status_code, answer.json["statusCode"]) == (503, 503)


def test_without_a_provider_there_is_no_way(accounts_app: Flask, clean: None) -> None:
    assert accounts_app.test_client().get(START).status_code == 404
