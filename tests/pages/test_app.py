"""A person's own place: what it shows, what it says to those who don't see it, and a network that comes and goes."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from app.cli import demo
from app.console import demo_person
from app.console.app_page import files
from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web
from tests.pages.browser import AXE, JUDGED, Browser, Page
from tests.pages.network import Network

VIEWS = ("coach", "goals", "journal", "journal/weeks", "sessions", "voice", "interviews", "reminders", "you")
ANSWER = "You have taken a first step."
QUESTION = "How am I doing?"


@pytest.fixture
def place(page: Page, web: Web, app: Flask) -> Page:
    """The demo person's, with goals and a month of journal."""
    demo.prepare(app)
    page.go(f"{web.url}/app")
    page.wait("document.querySelector('h1')")
    return page


@pytest.fixture
def away(network: Network, browser: Browser) -> Iterator[Page]:
    """The place behind a network that can be cut, which the console may say."""
    tab = browser.open()
    tab.go(f"{network.url}/app")
    tab.wait("document.querySelector('.composer textarea')")
    yield tab
    tab.close()


def move(page: Page, view: str) -> None:
    page.ask(f"document.querySelector('.view').remove(); location.hash = '#/{view}'")
    page.wait("document.querySelector('.view h1') && !document.querySelector('.waiting')")


def say(page: Page, words: str) -> None:
    page.write(".composer textarea", words)
    page.press_enter()


def said(page: Page) -> list[str]:
    return page.texts(".said .words, .said.mine")


def test_a_question_is_answered_from_what_the_person_wrote(place: Page) -> None:
    say(place, "What are my goals for this month?")
    place.wait("document.querySelector('.said.coach details')")
    assert "Run a 5K" in said(place)[1]
    place.click(".said.coach summary")
    place.wait("document.querySelector('.sources a[href^=\"#/goals/\"]')")
    place.ask("document.querySelector('.sources a[href^=\"#/goals/\"]').click()")
    place.wait("document.querySelector('.view.goals .path')")


def test_what_the_coach_proposes_is_done_and_taken_back(place: Page) -> None:
    say(place, "I want to run a marathon by June")
    place.wait("document.querySelector('.proposal.proposed')")
    place.click(".proposal .primary")
    place.wait("document.querySelector('.proposal.done')")
    move(place, "goals")
    assert any("Run a marathon" in text for text in place.texts(".card.goal"))
    place.ask("history.back()")
    place.wait("document.querySelector('.proposal.done')")
    place.click(".proposal button")
    place.wait("document.querySelector('.proposal.undone')")


def test_an_entry_is_kept_coloured_and_found_again(place: Page) -> None:
    move(place, "journal")
    place.wait("document.querySelector('button.day')")
    before = place.count("button.day")
    place.write(".write textarea", "A kingfisher by the canal.")
    place.wait("document.querySelector('.write .chip input')")
    place.ask("document.querySelector('.write .chip input').click()")
    place.click(".write .primary")
    place.wait(f"document.querySelectorAll('button.day').length >= {before} && document.querySelector('.toast')")
    place.write(".find input", "kingfisher")
    place.wait("document.querySelector('.journal > .row').innerText.startsWith('1 entry')")
    assert place.texts(".card.entry strong") == ["A kingfisher by the canal."]


@pytest.mark.parametrize("width", [360, 1400])
def test_every_view_can_be_read_by_everybody(place: Page, width: int) -> None:
    scheme = {"name": "prefers-color-scheme", "value": "dark" if width == 360 else "light"}
    place.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    place.call("Emulation.setEmulatedMedia", features=[scheme])
    place.ask(f"{AXE}; 0")
    for view in VIEWS:
        move(place, view)
        assert place.ask(JUDGED) == [], view
        assert place.ask("document.documentElement.scrollWidth - innerWidth") <= 0, view


def test_an_answer_goes_on_when_the_network_is_back(away: Page, network: Network, double: Double) -> None:
    double.script({"hold": 2})
    say(away, QUESTION)
    away.wait("document.querySelector('.said.coach').innerText.includes('You have')")
    network.cut()
    away.wait("document.querySelector('.said .note').innerText.includes('connection is lost')")
    double.release()
    away.wait("!document.querySelector('.said[aria-busy]')")
    assert said(away) == [QUESTION, ANSWER]


def test_a_reload_in_the_middle_of_an_answer_shows_all_of_it(away: Page, double: Double) -> None:
    double.script({"hold": 2})
    say(away, QUESTION)
    away.wait("document.querySelector('.said.coach').innerText.includes('You have')")
    away.call("Page.reload")
    away.wait("document.querySelector('.said[aria-busy]')?.innerText.includes('You have')")
    double.release()
    away.wait("!document.querySelector('.said[aria-busy]')")
    assert said(away) == [QUESTION, ANSWER]


def test_an_answer_is_stopped(away: Page, double: Double) -> None:
    double.script({"hold": 2})
    say(away, QUESTION)
    away.wait("document.querySelector('.said.coach').innerText.includes('You have')")
    away.click(".composer button[aria-label^=Stop]")
    away.wait("document.querySelector('.said .note').innerText.includes('stopped')")
    assert "You have" in said(away)[1]


def test_an_answer_that_failed_is_asked_for_again(away: Page, double: Double) -> None:
    double.default(status=500)
    say(away, QUESTION)
    away.wait("document.querySelector('.said .note button')")
    double.default()
    away.click(".said .note button")
    away.wait("document.querySelector('.said.coach').innerText.includes('first step')")
    assert said(away) == [QUESTION, ANSWER]


def test_without_a_network_the_page_is_there_and_nothing_of_anybody(away: Page, network: Network) -> None:
    away.ask("navigator.serviceWorker.ready.then(() => 0)")
    away.wait("navigator.serviceWorker.controller")
    kept = away.ask("caches.keys().then(names => caches.open(names[0])).then(kept => kept.keys())"
                    ".then(all => all.map(one => new URL(one.url).pathname))")  # fmt: skip
    assert set(kept) == {"/app", *files.paths}
    network.stop()
    away.call("Page.reload")
    away.wait("document.body?.innerText.includes('There is no connection')")


def demo_of(caller: Caller, **headers: str) -> Any:
    return caller.post("/api/v1/dev/demo", headers=headers)


def test_the_demo_person_is_for_this_network_only(anonymous: Caller) -> None:
    token = demo_of(anonymous).json["token"]
    assert anonymous.get("/auth/me", headers={"Authorization": f"Bearer {token}"}).json["id"] == demo_person.USER
    for host in ("coach.example", "evil.example:8000", "93.184.216.34"):
        assert demo_of(anonymous, Host=host).status_code == 404
        assert 'data-demo="off"' in anonymous.get("/app", headers={"Host": host}).text


def test_only_this_machine_has_an_operator(anonymous: Caller, app: Flask) -> None:
    operator = {"Authorization": f"Bearer {demo_of(anonymous).json['operator_token']}"}
    assert anonymous.get("/api/v1/care/report", headers=operator).status_code == 200
    elsewhere = app.test_client().post("/api/v1/dev/demo", environ_base={"REMOTE_ADDR": "192.168.1.9"})
    assert elsewhere.json["token"] and not elsewhere.json["operator_token"]


@pytest.mark.parametrize("changes", [{"ACCOUNTS": "on"}, {"AUTH_JWKS_URL": "http://127.0.0.1:1/keys"}])
def test_there_is_no_demo_person_where_people_sign_in(make_app: Any, changes: dict[str, str]) -> None:
    client = make_app(**changes, **({"AUTH_JWT_SECRET": ""} if "AUTH_JWKS_URL" in changes else {})).test_client()
    assert client.post("/api/v1/dev/demo").status_code == 404


def test_files_may_be_kept_while_their_version_is_the_present_one(anonymous: Caller) -> None:
    kept, old = anonymous.get(f"{files.root}/main.js"), anonymous.get("/app/files/0123/main.js")
    assert "immutable" in kept.headers["Cache-Control"] and kept.mimetype == "text/javascript"
    assert "immutable" not in old.headers["Cache-Control"] and old.data == kept.data
    assert anonymous.get(f"{files.root}/..%2Fstyle.css").status_code == 404
