"""An erasure that began is finished, whatever dies meanwhile; and whatever was under way brings nothing back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from app.jobs.runner import JobRunner
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.conftest import Caller
from tests.double.client import Double
from tests.feeds.conftest import Client, connect
from tests.gunicorn import Web
from tests.privacy.conftest import sent
from tests.privacy.erasing import ADMIN, again, keys_with, receipts, somebody, tables_with
from tests.processes.conftest import Workers
from tests.topics.conftest import answer_of
from tests.waiting import until

__all__ = ["connect"]

MIB = 2**20
ENTRIES = 1500
MANY = text(
    "INSERT INTO journal_entries (id, tenant_id, user_id, title, content, tags, entry_date, all_day, created_at,"
    " updated_at) SELECT 'journal_' || lpad(n::text, 8, '0'), 'acme', :user, 'Day ' || n, 'kumquat', '[]', now(),"
    " false, now(), now() FROM generate_series(1, :entries) AS n"
)
HELD = text("SELECT id FROM journal_entries WHERE id = 'journal_00000750' FOR UPDATE")


@pytest.fixture
def erin(app: Flask, clean: None) -> Caller:
    return somebody(app)


def begin(operator: Caller, erin: Caller) -> None:
    sent(operator.post(ADMIN, json={"tenant": erin.tenant, "user": erin.user}))


def receipt(operator: Caller) -> Any:
    return receipts(operator)[0]


@contextmanager
def held() -> Iterator[None]:
    """Nobody gets past one of the entries in the middle."""
    with database.engine.connect() as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(HELD)
        yield
        connection.rollback()


def work_off(app: Flask) -> None:
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)


def test_a_worker_that_is_killed_in_the_middle_is_taken_over(
    app: Flask, operator: Caller, erin: Caller, start_worker: Workers
) -> None:
    with database.begin() as session:
        session.execute(MANY, {"user": erin.user, "entries": ENTRIES})
    begin(operator, erin)
    with held():
        worker = start_worker()
        until(lambda: receipt(operator)["counts"].get("journal_entries"))
        until(lambda: refusal(again(app, erin)) == "This account is being erased")
        worker.kill()
        worker.wait()
    assert (receipt(operator)["status"], tables_with("kumquat")) == ("running", {"journal_entries"})
    with database.begin() as session:
        session.execute(text("UPDATE jobs SET lease_until = now() WHERE state = 'running'"))
    resolve_from(app, JobRunner).sweep()
    work_off(app)
    assert receipt(operator)["status"] == "completed"
    assert (receipt(operator)["counts"]["journal_entries"], tables_with("kumquat")) == (ENTRIES, set())


def refusal(caller: Caller) -> str:
    return str(caller.get("/api/v1/journal").json.get("message"))


def test_what_is_being_made_is_stopped_and_never_stored(
    app: Flask, operator: Caller, erin: Caller, here: Web, double: Double
) -> None:
    double.script({"text": ["Kumquats ", "are kumquat"], "hold": 1})
    reading = here.ask(erin.token, "What is a kumquat?")
    until(double.holds)
    begin(operator, erin)
    work_off(app)
    assert receipt(operator)["status"] == "completed"
    reading.rest()
    double.release()
    until(lambda: double.holds() == 0)
    assert (tables_with("umquat"), keys_with("umquat")) == (set(), [])


def test_a_job_that_is_running_is_stopped(app: Flask, operator: Caller, erin: Caller, double: Double) -> None:
    double.script({"json": {}, "hold": 0})
    asked = {"topic_id": "niche_review", "parameters": {"current_value": "We sell kumquats to small hotels"}}
    sent(erin.post("/ai/execute-async", json=asked))
    running = gevent.spawn(work_off, app)
    until(double.holds)
    begin(operator, erin)
    work_off(app)
    assert receipt(operator)["status"] == "completed"
    assert double.disconnected() and tables_with("kumquat") == set()
    double.release()
    running.join()


def test_a_request_that_was_under_way_finds_the_door_closed(
    app: Flask, operator: Caller, erin: Caller, here: Web, double: Double
) -> None:
    double.script({"json": answer_of("insights_generation"), "hold": 0})
    answer = gevent.spawn(here.post, erin.token, "/insights/generate")
    until(double.holds)
    begin(operator, erin)
    working = gevent.spawn(work_off, app)
    until(lambda: receipt(operator)["status"] == "running")
    double.release()
    assert answer.get()["code"] == "UNAUTHORIZED"
    working.join()
    assert receipt(operator)["status"] == "completed" and tables_with(erin.user) == {"erasures", "revocations"}


def test_an_upload_that_was_under_way_is_refused(app: Flask, operator: Caller, erin: Caller, here: Web) -> None:
    body = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    head = (
        f"POST /api/v1/me/imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {erin.token}\r\n"
        f"Content-Type: multipart/form-data; boundary=edge\r\nContent-Length: {4 * MIB}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", here.port)) as connection:
        connection.sendall(head.encode() + body + b"kumquat," * (MIB // 4))
        until(lambda: "import_files" in tables_with("kumquat"))
        begin(operator, erin)
        work_off(app)
        connection.sendall(b"kumquat," * (MIB // 8))
        assert connection.recv(100).startswith(b"HTTP/1.1 401")
    until(lambda: tables_with("kumquat") == set())


def test_sockets_of_the_person_are_closed(app: Flask, operator: Caller, erin: Caller, here: Web, connect: Any) -> None:
    client: Client = connect(here, token=erin.token)
    assert client.nothing_more()
    begin(operator, erin)
    work_off(app)
    assert client.hear()["type"] == "auth.error" and client.goodbye() == 4401
