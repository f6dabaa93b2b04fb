"""Accounts from the command line, and settings that make no sense."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.config.environment import ConfigError
from app.config.settings import load
from tests.identity.conftest import PUBLIC, Someone

SECRET = "of the production " * 3


def run(app: Flask, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["user", *args])


def test_an_account_is_made_with_a_link_to_choose_its_password(
    accounts_app: Flask, someone: Callable[..., Someone]
) -> None:
    done = run(accounts_app, "create", "--email", "Bob@Example.com", "--tenant", "acme", "--role", "owner")
    start, _, token = done.output.strip().partition("?token=")
    assert start == f"{PUBLIC}/auth/password/reset"
    bob = someone("bob@example.com")
    assert bob.post("/auth/password/reset", token=token, password="a lamp in the lobby").status_code == 200
    assert bob.sign_in("a lamp in the lobby").json["user"]["role"] == "owner"
    assert bob.signed["user"]["tenant"] == "acme"


def test_somebody_is_invited_by_mail(accounts_app: Flask, someone: Callable[..., Someone]) -> None:
    bob = someone("bob@example.com")
    assert run(accounts_app, "invite", "--email", bob.email, "--tenant", "acme").exit_code == 0
    assert bob.sign_up(invitation=bob.token()).status_code == 202
    assert bob.sign_in().json["user"]["tenant"] == "acme"


@pytest.mark.parametrize(
    "args",
    [
        ["create", "--email", "nobody"], ["create", "--email", "a@b.example", "--role", "operator"],
        ["create", "--email", "a@b.example", "--password", "password"],
        ["invite", "--email", "a@b.example", "--tenant", "t", "--role", "operator"],
    ],
)  # fmt: skip
def test_mistakes_are_one_sentence(accounts_app: Flask, clean: None, args: list[str]) -> None:
    done = run(accounts_app, *args)
    assert done.exit_code != 0 and "Traceback" not in done.output


@pytest.mark.parametrize(
    "environ",
    [
        {"ACCOUNTS": "perhaps"}, {"SIGN_UP": "maybe"}, {"ACCOUNTS": "on", "AUTH_JWKS_URL": "http://id.example/keys"},
        {"PUBLIC_URL": "coach.example"}, {"PUBLIC_URL": "https://coach.example/app"}, {"SMTP_URL": "http://mail.example"},
        {"SMTP_URL": "smtp://mail.example:port"}, {"SMTP_URL": "smtp:mail"}, {"MAIL_FROM": "nobody"},
        {"OIDC_ISSUER": "https://id.example"}, {"OIDC_CLIENT_ID": "x"}, {"OIDC_TRUST_EMAIL": "perhaps"},
        {"APP_ENV": "production", "ACCOUNTS": "on"},
        {"APP_ENV": "production", "PUBLIC_URL": "http://coach.example"},
        {"APP_ENV": "production", "OIDC_ISSUER": "http://id.example", "OIDC_CLIENT_ID": "x"},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_named(tmp_path: Any, environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="|".join(environ)):
        load({"DATA_DIR": str(tmp_path), "AUTH_JWT_SECRET": SECRET} | environ)
