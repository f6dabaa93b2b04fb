"""Codes of an authenticator app."""

import time
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pyotp
import pytest
from flask import Flask

from tests.identity.conftest import PASSWORD, Someone

STEP = 30


def code_of(secret: str, later: int = 0) -> str:
    """A code counts once, and one of the next step does already: clocks differ."""
    return pyotp.TOTP(secret).at(time.time() + later * STEP)


@pytest.fixture
def secret(ada: Someone) -> str:
    """Of the app that Ada has set up."""
    made = ada.caller.post("/auth/totp", json={"password": PASSWORD}).json
    assert made["uri"].startswith("otpauth://totp/Coachhouse:ada")
    assert ada.caller.post("/auth/totp/confirm", json={"code": code_of(made["secret"])}).status_code == 204
    return str(made["secret"])


@pytest.fixture
def opal(accounts_app: Flask, someone: Callable[..., Someone]) -> tuple[Someone, str]:
    """An operator, and the secret of their app."""
    args = ["user", "create", "--email", "opal@example.com", "--tenant", "house", "--role", "operator"]
    done = accounts_app.test_cli_runner().invoke(args=[*args, "--password", PASSWORD])
    assert done.exit_code == 0, done.output
    return someone("opal@example.com"), dict(parse_qsl(urlsplit(done.output.strip()).query))["secret"]


def test_a_code_is_asked_for_and_counts_once(ada: Someone, secret: str) -> None:
    missing = ada.sign_in()
    assert (missing.status_code, missing.json["code"]) == (401, "CODE_REQUIRED")
    code = code_of(secret, 1)
    assert ada.sign_in(code=code).status_code == 200
    assert ada.sign_in(code=code).status_code == 401


def test_a_wrong_password_is_not_told_of_the_code(ada: Someone, secret: str) -> None:
    assert "code" not in ada.sign_in("a guess", code=code_of(secret, 1)).json


def test_a_mailed_link_asks_for_it_too_and_stays_good_meanwhile(ada: Someone, secret: str) -> None:
    ada.post("/auth/magic-link", email=ada.email)
    token = ada.token()
    assert ada.post("/auth/magic-link/use", token=token).status_code == 401
    assert ada.post("/auth/magic-link/use", token=token, code=code_of(secret, 1)).status_code == 200


def test_guessing_codes_comes_to_an_end(ada: Someone, secret: str) -> None:
    codes = [ada.sign_in(code=f"{number:06}").status_code for number in range(11)]
    assert codes[-1] == 429


def test_an_app_that_no_code_has_confirmed_is_not_asked_for(ada: Someone) -> None:
    made = ada.caller.post("/auth/totp", json={"password": PASSWORD}).json
    assert ada.caller.post("/auth/totp/confirm", json={"code": "000000"}).status_code == 400
    assert made["secret"] and ada.sign_in().status_code == 200


def test_who_has_a_token_alone_sets_up_nothing(ada: Someone) -> None:
    assert ada.caller.post("/auth/totp", json={"password": "a guess"}).status_code == 401


def test_doing_without_it_takes_a_code(ada: Someone, secret: str) -> None:
    assert ada.caller.post("/auth/totp/remove", json={"code": "000000"}).status_code == 400
    assert ada.caller.post("/auth/totp/remove", json={"code": code_of(secret, 1)}).status_code == 204
    assert ada.sign_in().status_code == 200


def test_operators_need_one(opal: tuple[Someone, str]) -> None:
    operator, secret = opal
    assert operator.sign_in().json["code"] == "CODE_REQUIRED"
    assert operator.sign_in(code=code_of(secret)).json["user"]["role"] == "operator"
    assert operator.caller.get("/ai/topics").status_code == 200
    assert operator.caller.get("/api/v1/admin/audit").status_code == 200
    assert operator.caller.post("/auth/totp/remove", json={"code": code_of(secret, 1)}).status_code == 409
