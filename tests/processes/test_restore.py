"""A backup, put into an empty database with an empty Redis: the service goes on from there."""

import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from app.db.session import db as database
from app.local.postgres import programs
from app.local.services import Services
from app.streams.signals import signals
from tests import nursery
from tests.chat.conftest import stream
from tests.conftest import Caller, empty_tables, sign_in
from tests.double.client import Double
from tests.gunicorn import Web
from tests.processes.conftest import PARAMETERS, REVIEW
from tests.realtime.conftest import Machine, key_of, make_agent
from tests.realtime.test_resources import PNG
from tests.waiting import until

ASKED = {"topic_id": "niche_review", "parameters": PARAMETERS}
ONCE = {"Idempotency-Key": "once"}
AN_HOUR_LATER = (
    "UPDATE jobs SET due_at = due_at - interval '1 hour', lease_until = lease_until - interval '1 hour'",
    "UPDATE chat_turns SET lease_until = lease_until - interval '1 hour'",
)


@dataclass
class Yesterday:
    """What was there when the backup was made."""

    token: str
    key: str
    agent: Any
    chat: str
    held: str
    jobs: list[str]
    answer: Any


@pytest.fixture(scope="module")
def yesterday(app: Flask, double: Double) -> Iterator[Yesterday]:
    """Two conversations, one of them in the middle of an answer, an agent with a face, two jobs that nobody did."""
    empty_tables()
    signals.redis.flushdb()
    double.reset()
    owner, key = sign_in(app, "olivia", "acme"), key_of("acme")
    agent = make_agent(Machine(app.test_client(), key, "acme"), avatar_b64=f"data:image/png;base64,{PNG}")
    double.script({"text": ["Well ", "done"]}, {"json": REVIEW}, {"text": ["Let ", "me ", "think"], "hold": 1})
    chat = stream(owner, "I ran ten kilometres").start["sessionId"]
    answer = owner.post("/ai/execute", json=ASKED, headers=ONCE).json
    jobs = [owner.post("/ai/execute-async", json=ASKED).json["data"]["jobId"] for _ in range(2)]
    gevent.spawn(stream, owner, "And now?")
    until(double.holds)
    taken = {"id": jobs[1]}
    with database.begin() as session:
        session.execute(
            text("UPDATE jobs SET state = 'running', attempts = 1, lease_until = now() WHERE id = :id"), taken
        )
    yield Yesterday(owner.token, key, agent, chat, newest_chat(owner), jobs, answer)
    double.release()
    until(lambda: double.holds() == 0)


def newest_chat(owner: Caller) -> str:
    found: str = owner.get("/api/v1/chat/sessions").json["sessions"][0]["id"]
    return found


@pytest.fixture(scope="module")
def today(
    yesterday: Yesterday, services: Services, environ: dict[str, str], double: Double, tmp_path_factory: Any
) -> Iterator[Web]:
    """Web and worker on what was restored."""
    url = restored(services.database_url, tmp_path_factory.mktemp("backup") / "coachhouse.dump")
    double.default(json=REVIEW)
    elsewhere = environ | {"DATABASE_URL": url, "REDIS_URL": services.redis_url.removesuffix("/0") + "/1"}
    web = Web(elsewhere)
    worker = nursery.start_worker(elsewhere)
    web.await_ready()
    yield web
    worker.kill()
    worker.wait()
    web.stop(signal.SIGKILL)


def restored(url: str, dump: Path) -> str:
    """The address of a database that was made from a backup of this one."""
    copy = make_url(url).set(database="restored").render_as_string(False)
    with database.single() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE restored"))
    subprocess.run([programs() / "pg_dump", "--format=custom", "--no-owner", f"--file={dump}", url], check=True)
    how = ("--no-owner", "--no-privileges", "--no-comments", "--single-transaction", "--exit-on-error")
    subprocess.run([programs() / "pg_restore", *how, f"--dbname={copy}", dump], check=True)
    with create_engine(copy.replace("postgresql:", "postgresql+psycopg:")).begin() as connection:
        for change in AN_HOUR_LATER:
            connection.execute(text(change))
    return copy


def test_people_find_what_they_wrote(yesterday: Yesterday, today: Web) -> None:
    messages = today.get(yesterday.token, f"/api/v1/chat/session/{yesterday.chat}")["messages"]
    assert [message["content"] for message in messages] == ["I ran ten kilometres", "Well done"]


def test_keys_and_uploads_are_there(yesterday: Yesterday, today: Web) -> None:
    headers = {"Authorization": f"Api-Key {yesterday.key}"}
    agent = today.http.request("GET", f"{today.url}/api/agents/{yesterday.agent['id']}/", headers=headers).json()
    assert agent["bot_id"] == yesterday.agent["bot_id"]
    assert today.http.request("GET", agent["avatar"]).data.startswith(b"\x89PNG")


def test_a_request_that_is_sent_again_gets_its_first_answer(yesterday: Yesterday, today: Web) -> None:
    headers = ONCE | {"Authorization": f"Bearer {yesterday.token}"}
    again = today.http.request("POST", f"{today.url}/ai/execute", json=ASKED, headers=headers)
    assert again.json() == yesterday.answer


def test_jobs_that_waited_or_ran_are_done(yesterday: Yesterday, today: Web) -> None:
    def states() -> set[str]:
        return {today.get(yesterday.token, f"/ai/jobs/{job}")["data"]["status"] for job in yesterday.jobs}

    until(lambda: states() == {"completed"})


def test_an_answer_that_was_being_made_has_ended(yesterday: Yesterday, today: Web) -> None:
    reading = today.follow(yesterday.token, f"/api/v1/chat/session/{yesterday.held}/stream").rest()
    assert reading.items[-1]["type"] == "error"


def test_a_conversation_goes_on(yesterday: Yesterday, today: Web, double: Double) -> None:
    double.script({"text": ["Rest ", "now"]})
    assert today.ask(yesterday.token, "What next?", sessionId=yesterday.chat).rest().text == "Rest now"
    messages = today.get(yesterday.token, f"/api/v1/chat/session/{yesterday.chat}")["messages"]
    assert len(messages) == 4
