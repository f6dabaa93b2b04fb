"""What docs/front-ends.md and the start page say is so: addresses answer pages of other origins, variables are read."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.db.session import db as database
from app.realtime import demo
from tests.conftest import Caller, sign_in
from tests.gunicorn import ROOT
from tests.interviews.conftest import SARAH
from tests.realtime.conftest import key_of

PAGE = (ROOT / "docs/front-ends.md").read_text()
HERE, THERE = "https://coach.example.com", "https://app.example.com"
BLOCKS = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
CURLS = [line for line in BLOCKS.splitlines() if line.startswith("curl ")]
ELSEWHERE = {
    "REACT_APP_COACHING_API_URL",
    "NEXT_PUBLIC_API_URL",
    "VITE_API_BASE_URL",
    "VITE_WS_BASE_URL",
    "WEBSOCKET_URL",
}
OF_THE_ORIGINAL = {"BASE_URL", "DJANGO_SECRET_KEY", "CORS_ALLOW_ALL_ORIGINS"}


@pytest.fixture(scope="module")
def elsewhere(make_app: Callable[..., Flask], app: Flask) -> Flask:
    """As the page says that it is set."""
    return make_app(CORS_ORIGINS=THERE, LLM_MODELS="offline:coach", INTERVIEW_DELAY="0")


@pytest.fixture
def words(elsewhere: Flask, clean: None) -> dict[str, str]:
    """What stands for a word with a dollar."""
    caller = sign_in(elsewhere, "olivia", "acme")
    begun = caller.post("/api/interviews/start", json={"persona": SARAH}).json["interviewId"]
    with database.begin() as session:
        bot = demo.seed(session, "acme")
    key = key_of("acme", origins=(THERE,), scopes=("realtime:connect", "realtime:read", "realtime:write"))
    return {"TOKEN": caller.token, "KEY": key, "BOT": bot, "INTERVIEW": begun}


def asked(line: str, words: dict[str, str]) -> tuple[str, str, dict[str, str], str | None]:
    """Method, path, headers and body of a line with curl."""
    line = re.sub(r"\$([A-Z]+)", lambda found: words[found[1]], line.replace("'$BOT'", words["BOT"]))
    given = shlex.split(line)[1:]
    headers = dict(given[n + 1].split(": ", 1) for n, word in enumerate(given) if word == "-H")
    body = given[given.index("-d") + 1] if "-d" in given else None
    url = next(word for word in given if word.startswith(HERE))
    return "POST" if body else "GET", url.removeprefix(HERE), {"Origin": THERE} | headers, body


def test_there_are_lines_for_every_contract() -> None:
    assert len(CURLS) >= 17
    for place in ("/api/v1/", "/journal-app/", "/multitenant/", "/ai/", "/api/agents/", "/api/interviews/"):
        assert any(f"{HERE}{place}" in line for line in CURLS)


@pytest.mark.parametrize("line", CURLS, ids=range(len(CURLS)))
def test_every_address_answers_pages_of_another_origin(elsewhere: Flask, words: dict[str, str], line: str) -> None:
    method, path, headers, body = asked(line, words)
    client = elsewhere.test_client()
    wanted = {
        "Origin": THERE,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization",
    }
    preflight = client.options(path, headers=wanted)
    answer = client.open(path, method=method, headers=headers, data=body)
    assert answer.status_code in {200, 201}, answer.text
    for one in (preflight, answer):
        assert one.headers["Access-Control-Allow-Origin"] == THERE
        assert one.headers["Access-Control-Allow-Credentials"] == "true"
    answer.close()


def test_every_variable_is_one_that_is_read() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z_]+)`", (ROOT / "docs/configuration.md").read_text()))
    named = set(re.findall(r"^([A-Z][A-Z_]+)=", BLOCKS, re.MULTILINE)) | set(re.findall(r"`([A-Z]+_[A-Z_]+)[`=]", PAGE))
    assert named - documented == ELSEWHERE | OF_THE_ORIGINAL


def test_the_start_page_has_the_variables_for_this_address(anonymous: Caller) -> None:
    shown: Any = anonymous.get("/", base_url="https://coach.example.com").text
    for line in (
        "NEXT_PUBLIC_API_URL=",
        "REACT_APP_COACHING_API_URL=",
        "WEBSOCKET_URL=",
        "VITE_API_BASE_URL=",
        "VITE_WS_BASE_URL=",
    ):
        assert next(found for found in BLOCKS.splitlines() if found.startswith(line)) in shown
    assert "CORS_ORIGINS" in shown and "wss://coach.example.com/ws/chat/" in shown
