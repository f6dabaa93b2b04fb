"""People in danger, and those who look after them."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import Caller, sign_in
from tests.feeds.conftest import connect
from tests.outgoing.site import Site

__all__ = ["connect"]

CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"


def say(caller: Caller, text: str = CRISIS, **headers: str) -> None:
    answer = caller.post("/api/v1/chat/message", json={"message": text}, headers=headers)
    assert answer.status_code == 200, answer.json


@pytest.fixture
def boss(app: Flask, clean: None) -> Caller:
    return sign_in(app, "bea", "acme", "owner")


@pytest.fixture
def coach(app: Flask, clean: None) -> Caller:
    return sign_in(app, "carl", "acme", "coach")


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running
