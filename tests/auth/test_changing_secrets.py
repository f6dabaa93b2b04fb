"""While the secret of tokens is changed, the old and the new one count; afterwards the new one alone does."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from flask import Flask

from tests.conftest import SECRET, Caller, sign_in

NEW = "the secret that comes after it, long enough for HS256"
CLAIMS = {"sub": "olivia", "tenant_id": "acme", "exp": time.time() + 3600}


@pytest.fixture
def changing(make_app: Callable[..., Flask], clean: None) -> Flask:
    return make_app(AUTH_JWT_SECRET=NEW, AUTH_JWT_SECRET_PREVIOUS=SECRET)


@pytest.fixture
def changed(make_app: Callable[..., Flask], clean: None) -> Flask:
    return make_app(AUTH_JWT_SECRET=NEW)


def status(app: Flask, token: str) -> Any:
    return Caller(app.test_client(), token, "olivia", "acme").get("/api/v1/me").status_code


def test_a_token_of_the_old_secret_counts_until_the_secret_is_taken_away(
    app: Flask, changing: Flask, changed: Flask
) -> None:
    token = sign_in(app, "olivia", "acme").token
    assert [status(service, token) for service in (app, changing, changed)] == [200, 200, 401]


def test_new_tokens_are_signed_with_the_new_secret(changing: Flask, changed: Flask) -> None:
    token = sign_in(changing, "olivia", "acme").token
    assert [status(service, token) for service in (changing, changed)] == [200, 200]


def test_a_token_names_its_secret_without_telling_it(app: Flask, changing: Flask) -> None:
    names = [jwt.get_unverified_header(sign_in(made_by, "o", "a").token)["kid"] for made_by in (app, changing)]
    assert [len(name) for name in names] == [12, 12]
    assert names[0] != names[1] and names[0] not in SECRET and names[1] not in NEW


@pytest.mark.parametrize("headers", [{}, {"kid": "a name of theirs"}, {"kid": ""}])
@pytest.mark.parametrize("secret", [NEW, SECRET])
def test_others_who_sign_need_not_name_the_secret(changing: Flask, secret: str, headers: dict[str, str]) -> None:
    assert status(changing, jwt.encode(CLAIMS, secret, headers=headers)) == 200


def test_a_name_alone_lets_nobody_in(changing: Flask) -> None:
    known = jwt.get_unverified_header(sign_in(changing, "o", "a").token)["kid"]
    other = "a secret that nobody has told us, long enough too"
    for headers in ({"kid": known}, {"kid": "unknown"}, {}):
        assert status(changing, jwt.encode(CLAIMS, other, headers=headers)) == 401
    assert status(changing, jwt.encode(CLAIMS, SECRET, headers={"kid": known})) == 401
