"""People who use every product, and what they get when they ask for all of it."""

import io
import json
from collections.abc import Callable
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts.ledger import Ledger
from app.auth.tokens import personal_tenant
from app.chat import remembering
from app.chat.models import ChatSession
from app.core.clock import now
from app.db.session import db as database
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.traces.book import TraceBook
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in

WorkOff = Callable[[], None]


@pytest.fixture
def work_off(offline_app: Flask) -> WorkOff:
    """Runs what is queued on a real worker until nothing is left, and what it cost is written down."""

    def run() -> None:
        work(offline_app, redis_store.blocking_client(signals.url), 50, burst=True)
        settle(offline_app)

    return run


def settle(app: Flask) -> None:
    """What is written down a moment later is written."""
    resolve_from(app, Ledger).flush()
    resolve_from(app, TraceBook).flush()


@pytest.fixture
def olivia(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "olivia", "acme")


@pytest.fixture
def theo(offline_app: Flask, clean: None) -> Caller:
    """A teammate of hers."""
    return sign_in(offline_app, "theo", "acme")


@pytest.fixture
def sam(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "sam", "other")


@pytest.fixture
def boss(offline_app: Flask, clean: None) -> Caller:
    """Who owns olivia's tenant."""
    return sign_in(offline_app, "bo", "acme", "owner")


@pytest.fixture
def make_solo(offline_app: Flask, clean: None) -> Callable[[str], Caller]:
    """Somebody who belongs to no tenant."""
    return lambda user: sign_in(offline_app, user, personal_tenant(user))


def sent(answer: Any) -> Any:
    assert answer.status_code in range(200, 300), answer.get_data(as_text=True)
    return answer.json


def write(caller: Caller, title: str = "A day", content: str = "I ran", **fields: Any) -> Any:
    return sent(caller.post("/api/v1/journal", json={"title": title, "content": content} | fields))


def live(caller: Caller, word: str, work_off: WorkOff) -> None:
    """Uses every product that a person signs in for, with a word that none else has, in all that can hold one."""
    _write_all(caller, word)
    _talk(caller, word)
    _ask_about_business(caller, word)
    _leave()
    work_off()
    settle(caller.client.application)


def _write_all(caller: Caller, word: str) -> None:
    sent(caller.patch("/api/v1/me", json={"timezone": "Asia/Manila", "weekly_digest": True}))
    sent(caller.post("/api/v1/categories", json={"name": f"Running {word}"}))
    steps = [{"title": f"Run 3K {word}"}, {"title": "Run 4K"}]
    goal = {"title": f"Run a 5K {word}", "description": word, "target_date": "2099-12-31", "milestones": steps}
    goal_id = sent(caller.post("/api/v1/goals", json=goal))["id"]
    sent(caller.post(f"/api/v1/goals/{goal_id}/progress", json={"content": f"Two rounds {word}"}))
    write(caller, f"Legs like lead {word}", f"Ran anyway {word}", mood="tired", tags=[word], linked_goal_ids=[goal_id])
    sent(caller.post("/api/v1/routines", json={"title": f"Morning {word}", "steps": [{"title": word}]}))
    style = {"name": f"Coach {word}", "description": word, "systemPrompt": f"Be kind {word}", "style": "direct"}
    sent(caller.post("/api/v1/chat/personalities", json=style))


def _talk(caller: Caller, word: str) -> None:
    sent(caller.post("/api/v1/chat/message", json={"message": f"How do I go on? {word}. I prefer {word} to all else."}))
    sent(caller.get("/api/v1/chat/prompts"))
    sent(caller.post("/api/v1/chat/weekly-insights/generate", json={}))
    sent(caller.post("/api/v1/chat/suggest-goals", json={}))
    begun = sent(caller.post("/ai/coaching/start", json={"topic_id": "core_values"}))
    said = {"session_id": begun["session_id"], "message": f"Honesty matters to me, and {word}"}
    sent(caller.post("/ai/coaching/message", json=said))
    assert caller.post("/api/v1/chat/message/stream", json={"message": f"And then? {word}"}).data


def _leave() -> None:
    """What was said in conversations is over, and is looked through."""
    with database.begin() as session:
        session.execute(update(ChatSession).values(updated_at=now() - remembering.QUIET))
    remembering.begin_due()


def _ask_about_business(caller: Caller, word: str) -> None:
    niche = {"topic_id": "niche_review", "parameters": {"current_value": f"We help small hotels {word}"}}
    sent(caller.post("/ai/execute", json=niche))
    sent(caller.post("/ai/execute-async", json=niche))
    sent(caller.post("/insights/generate", json={}))
    talk = sent(caller.post("/conversations/initiate", json={"topic": f"Cash {word}"}))
    sent(caller.post(f"/conversations/{talk['data']['id']}/message", json={"message": f"Why is it short? {word}"}))


class Zip:
    """What is in an export."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._zip = ZipFile(io.BytesIO(data))
        self.names = self._zip.namelist()
        self.infos = self._zip.infolist()
        self.manifest = json.loads(self._zip.read("manifest.json"))

    def bytes(self, name: str) -> bytes:
        return self._zip.read(name)

    def text(self, name: str) -> str:
        return self.bytes(name).decode()

    def rows(self, table: str) -> Any:
        return json.loads(self.bytes(f"data/{table}.json"))

    def within(self, folder: str) -> list[str]:
        return [name for name in self.names if name.startswith(f"{folder}/")]

    def has(self, word: str) -> bool:
        return any(word.encode() in self.bytes(name) or word in name for name in self.names)


def begin(caller: Caller, path: str = "/api/v1/me/exports", **body: Any) -> str:
    answer = caller.post(path, json=body)
    assert (answer.status_code, answer.json["status"]) == (202, "queued"), answer.json
    return str(answer.json["id"])


def download(caller: Caller, url: str) -> Any:
    """With the link alone."""
    return caller.client.get(url)


def export(caller: Caller, work_off: WorkOff, path: str = "/api/v1/me/exports", **body: Any) -> Zip:
    export_id = begin(caller, path, **body)
    work_off()
    made = sent(caller.get(f"{path}/{export_id}"))
    assert made["status"] == "completed", made
    answer = download(caller, made["url"])
    assert (answer.status_code, len(answer.data)) == (200, made["bytes"])
    found = Zip(answer.data)
    assert found.manifest["counts"] == made["counts"]
    assert caller.delete(f"{path}/{export_id}").status_code == 204
    return found
