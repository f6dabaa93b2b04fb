"""A page that reads as the journaling app's own client does, from another origin, with reloads and a cut network."""

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Caller
from tests.double.client import Double
from tests.pages.browser import Browser, Page
from tests.pages.network import Network
from tests.workspace.conftest import day

BASE = "/journal-app/api/v1"
ANSWER = "You have taken a first step."


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Another origin, which has the page."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d", str(Path(__file__).parent)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    yield f"http://127.0.0.1:{server.stdout.readline().split()[5]}"
    server.terminate()
    server.wait(10)


class Client:
    """The page, with somebody signed in on it."""

    def __init__(self, page: Page, site: str, given: str) -> None:
        self.page, self._address, self._given = page, f"{site}/journal_app.html", given
        self._loads = 0
        self.reload()

    def reload(self) -> None:
        """A new document, which knows nothing of the one before."""
        self._loads += 1
        self.page.go(f"{self._address}?{self._loads}#{self._given}")

    def call(self, method: str, *given: Any) -> Any:
        return self.page.ask(f"client.{method}({', '.join(map(json.dumps, given))})")

    def begin(self, method: str, *given: Any) -> None:
        """The same without waiting for its end."""
        self.page.ask(f"void (window.working = client.{method}({', '.join(map(json.dumps, given))}))")

    def ask_api(self, method: str, path: str, **body: Any) -> Any:
        sent = json.dumps(body) if body else "undefined"
        return self.page.ask(f"request({json.dumps(path)}, {json.dumps(method)}, {sent})")


@pytest.fixture
def client(site: str, network: Network, browser: Browser, owner: Caller) -> Iterator[Client]:
    page = browser.open()
    yield Client(page, site, f"api={network.url}{BASE}&token={owner.token}")
    page.close()


def test_a_conversation_is_there_after_a_reload(client: Client) -> None:
    assert client.call("coach") == []
    assert len(client.page.texts("#prompts li")) == 5 and client.page.texts("#personalities li")
    assert client.call("send", "How am I doing?") and client.call("send", "And now?")
    said = ["user: How am I doing?", f"assistant: {ANSWER}", "user: And now?", f"assistant: {ANSWER}"]
    assert client.page.texts("#messages li") == said
    client.reload()
    sessions = client.call("coach")
    assert client.page.texts("#sessions li") == [f"How am I doing?: {ANSWER}"]
    client.call("select", sessions[0])
    assert client.page.texts("#messages li") == said
    assert client.page.errors() == []


def test_an_answer_that_the_network_cut_is_there_after_a_reload(
    client: Client, network: Network, double: Double
) -> None:
    double.script({"hold": 2})
    client.begin("send", "How am I doing?")
    client.page.wait("document.querySelector('#messages').innerText.includes('You have')")
    network.cut()
    client.page.wait("document.querySelector('#alert').innerText")
    double.release()
    client.reload()
    client.page.wait(f"client.coach().then(() => document.querySelector('#sessions').innerText.includes('{ANSWER}'))")
    client.call("select", client.call("coach")[0])
    assert client.page.texts("#messages li") == ["user: How am I doing?", f"assistant: {ANSWER}"]
    assert client.call("send", "And now?") and client.page.count("#messages li") == 4


def test_a_reload_in_the_middle_of_an_answer_loses_nothing(client: Client, double: Double) -> None:
    double.script({"hold": 2})
    client.begin("send", "How am I doing?")
    client.page.wait("document.querySelector('#messages').innerText.includes('You have')")
    client.reload()
    sessions = client.call("coach")
    assert client.page.texts("#sessions li") == ["How am I doing?: How am I doing?"]
    double.release()
    client.page.wait(f"client.coach().then(() => document.querySelector('#sessions').innerText.includes('{ANSWER}'))")
    client.call("select", sessions[0])
    assert client.page.texts("#messages li") == ["user: How am I doing?", f"assistant: {ANSWER}"]


def test_a_coach_that_is_away_is_told_to_the_person(client: Client, double: Double) -> None:
    double.default(status=500)
    client.call("send", "How am I doing?")
    assert client.page.text("#alert") == "AI service temporarily unavailable"
    assert client.page.texts("#messages li") == []


def days_to(date: str) -> int:
    """As the client counts whole days until ten in the morning of a day: one more before that hour than after it."""
    until = datetime.fromisoformat(f"{date}T10:00:00+00:00")
    return math.ceil((until - datetime.now(UTC)).total_seconds() / 86400)


def test_goals_entries_and_insights_are_shown(client: Client) -> None:
    travel = client.ask_api("POST", "/category", name="Travel", color="#3B82F6", icon="✈️")
    fields = {"title": "See Rome", "description": "", "category": travel["id"], "target_date": day(30)}
    goal = client.ask_api("POST", "/goal", **fields, milestones=[{"title": "Book a train", "due_date": None}])
    entry = client.ask_api("POST", "/journal", title="A plan", content="Two weeks in May")
    client.ask_api("POST", f"/goal/{goal['id']}/link-journal", journal_entry_id=entry["id"])
    client.ask_api("POST", f"/goal/{goal['id']}/progress", content="Asked for leave")
    assert client.call("goals") == [goal["id"]]
    assert client.page.text("#goals li") == f"See Rome (Travel #3B82F6) {days_to(day(30))} days, next Book a train"
    assert client.page.texts("#categories li") == ["Travel #3B82F6"]
    assert client.call("goal", goal["id"]) == [["Book a train"], ["Asked for leave"], ["A plan"]]
    assert client.call("entry", entry["id"]) == [f"{day(30)}T10:00:00.000Z"]
    assert client.page.text("#entries li") == "A plan: See Rome Travel #3B82F6"
    for place in ("insights", f"goal-insights/{goal['id']}", "weekly-insights"):
        types = client.call("tell", f"/chat/{place}/stream")
        assert (types[0], types[-1], client.page.ask("state.said")) == ("start", "done", ANSWER)
    client.ask_api("DELETE", f"/category/{travel['id']}")
    client.reload()
    client.call("goals")
    assert client.page.text("#goals li") == f"See Rome (other) {days_to(day(30))} days, next Book a train"
    assert client.page.errors() == []


def test_a_routine_is_done_today(client: Client) -> None:
    steps = [{"title": "Drink water", "order": 0}, {"title": "Stretch", "order": 1}]
    routine = client.ask_api("POST", "/routine", title="Morning", frequency="daily", steps=steps)
    client.ask_api("POST", f"/routine/{routine['id']}/steps/{routine['steps'][0]['id']}/toggle")
    client.call("routines")
    assert client.page.texts("#routines li") == ["Morning 1/2 streak 0"]
    client.ask_api("POST", f"/routine/{routine['id']}/complete")
    client.reload()
    client.call("routines")
    assert client.page.texts("#routines li") == ["Morning 2/2 streak 1 today"]
    client.ask_api("DELETE", f"/routine/{routine['id']}")
    assert client.call("routines") == []
    assert client.page.errors() == []
