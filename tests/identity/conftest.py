"""An application with accounts, a browser, and mails that are read as soon as they are written."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Caller

PASSWORD = "correct horse battery staple"
PUBLIC = "https://coach.example"


@pytest.fixture(scope="session")
def accounts_app(make_app: Callable[..., Flask], app: Flask) -> Flask:
    """Everybody may sign up."""
    return make_app(ACCOUNTS="on", SIGN_UP="open", PUBLIC_URL=PUBLIC, LLM_MODELS="offline:coach")


@dataclass
class Someone:
    """Somebody at a browser of their own; ``signed`` is what they were told when they signed in."""

    client: FlaskClient
    email: str = "ada@example.com"
    signed: Any = field(default_factory=dict)

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, json=body)

    def sign_up(self, password: str = PASSWORD, **more: Any) -> Any:
        return self.post("/auth/sign-up", email=self.email, password=password, **more)

    def mails(self) -> list[Any]:
        """Those to this person, newest first."""
        found = self.client.get("/api/v1/dev/outbox").json["mails"]
        return [mail for mail in found if mail["to"] == self.email]

    def token(self) -> str:
        """What the link of the newest mail ends with."""
        return parse_qsl(urlsplit(self.mails()[0]["links"][0]).query)[0][1]

    def sign_in(self, password: str = PASSWORD, **more: Any) -> Any:
        answer = self.post("/auth/sign-in", email=self.email, password=password, **more)
        self.signed = answer.json
        return answer

    def refresh(self, **more: Any) -> Any:
        return self.post("/auth/refresh", **{"refresh_token": self.signed["refresh_token"]} | more)

    def join(self) -> "Someone":
        """Signs up, confirms the address and signs in."""
        assert self.sign_up().status_code == 202
        assert self.post("/auth/verify", token=self.token()).status_code == 200
        assert self.sign_in().status_code == 200
        return self

    @property
    def caller(self) -> Caller:
        """With the access token alone."""
        token, user = self.signed["access_token"], self.signed["user"]
        return Caller(self.client.application.test_client(), token, user["id"], user["tenant"])


@pytest.fixture
def someone(accounts_app: Flask, clean: None) -> Callable[..., Someone]:
    return lambda email="ada@example.com": Someone(accounts_app.test_client(), email)


@pytest.fixture
def ada(someone: Callable[..., Someone]) -> Someone:
    """Signed in."""
    return someone().join()
