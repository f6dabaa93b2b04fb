"""One bad row keeps nobody waiting: it is set aside, and the others go on."""

from collections.abc import Sequence
from typing import Any, Self

import gevent
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.chat import jobs as chat_jobs
from app.chat.models import ChatTurn
from app.core.clock import now
from app.core.errors import AppError
from app.core.weeks import Week
from app.db.rows import each
from app.db.session import db as database
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.interfaces import Entry, Feed, Range
from app.feeds.reader import Reader
from app.jobs.models import Job, JobState
from app.llm import interfaces
from app.llm.usage import UsageRecord
from app.streams.events import Content, Event
from app.streams.log import EventLog
from app.streams.run import Run, RunState, Say
from app.streams.runner import Runner
from app.streams.signals import Signals, signals
from app.web.container import resolve_from
from app.weekly import jobs as weekly_jobs
from app.weekly import schedule
from app.weekly.schedule import Due
from tests.chat.conftest import messages
from tests.chat.test_turns import orphaned
from tests.chat.test_weekly_job import wants
from tests.conftest import Caller
from tests.jobs.test_jobs import burst, define, enqueue, raised, row
from tests.waiting import until


def change(statement: str, **values: Any) -> None:
    with database.begin() as session:
        session.execute(text(statement), values)


def test_the_sweeper_of_lost_turns_ends_the_others(owner: Caller, teammate: Caller) -> None:
    bad, good = orphaned(owner, "Half"), orphaned(teammate, "Half an ans")
    change("UPDATE chat_sessions SET message_count = 2147483647 WHERE id = :id", id=bad)
    with owner.client.application.app_context():
        chat_jobs.reap()
    assert messages(teammate, good)[-1]["content"] == "Half an ans"
    with database.read() as session:
        assert set(session.scalars(select(ChatTurn.state))) == {RunState.FAILED}


def test_weeks_of_others_are_written(app: Flask, owner: Caller, teammate: Caller) -> None:
    for caller in (owner, teammate):
        wants(caller)
    change("UPDATE account_settings SET timezone = 'Mars/Olympus' WHERE user_id = :id", id=owner.user)
    with app.app_context():
        weekly_jobs.ask_for(all_due())
    with database.read() as session:
        assert [job.user_id for job in session.scalars(select(Job))] == [teammate.user]


def all_due() -> list[Due]:
    with database.read() as session:
        return schedule.due(session, Week.containing(now()).start + schedule.SPREAD)


class Endless(Run):
    """Runs until it is stopped; ``bad`` ones can't be renewed."""

    bad: set[str] = set()
    renewed: set[str] = set()

    def __init__(self, run_id: str) -> None:
        super().__init__(run_id)
        self.ended: RunState | None = None

    def first_event(self) -> Event:
        return Content("")

    def produce(self, say: Say) -> None:
        gevent.sleep(3600)

    def finish(self, state: RunState, error: AppError | None) -> Event:
        self.ended = state
        return Content("")

    failure = first_event  # type: ignore[assignment]

    @classmethod
    def renew(cls, runs: Sequence[Self]) -> set[str]:
        ids = {run.id for run in runs}
        if ids & cls.bad:
            raise ValueError("not renewed")
        cls.renewed |= ids
        return set()


def test_runs_are_renewed_beside_one_that_can_not_be(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.streams.runner.RENEW_EVERY", 0.01)
    runner = Runner(resolve_from(app, EventLog), signals)
    bad, good = Endless("endless_bad"), Endless("endless_good")
    Endless.bad = {bad.id}
    for run in (bad, good):
        runner.start(run)
    until(lambda: bad.ended)
    Endless.renewed.clear()
    until(lambda: good.id in Endless.renewed)
    assert (bad.ended, good.ended) == (RunState.FAILED, None)
    runner.drain(0)


def record(model: str) -> UsageRecord:
    caller = interfaces.Caller("chat.turn", "acme", "olivia")
    return UsageRecord(caller, "openai", model, 1, 1, False, None, 5, 5, "ok", 1)


def test_usage_is_written_beside_a_record_that_can_not_be(clean: None) -> None:
    ledger = Ledger(database)
    for model in ("coach-1", "m" * 500, "coach-2"):
        ledger(record(model))
    ledger.flush()
    with database.read() as session:
        assert sorted(session.scalars(select(ModelCall.model))) == ["coach-1", "coach-2"]


def test_a_job_that_can_not_even_be_given_up_has_failed(app: Flask, clean: None) -> None:
    define("test.stuck", lambda: raised(ValueError("broken")), give_up=lambda: raised(ValueError("broken too")))
    job_id = enqueue("test.stuck")
    burst(app)
    assert row(job_id).state == JobState.FAILED


class Broken:
    """A source of feeds in which one can't be read."""

    channel = "broken"

    def read(self, _session: Session, ranges: Sequence[Range], _limit: int) -> list[list[Entry]]:
        if any(wanted.key == ("bad",) for wanted in ranges):
            raise ValueError("not readable")
        return [[Entry(1, "message", b"{}")] if wanted.after < 1 else [] for wanted in ranges]


def test_feeds_are_read_beside_one_that_can_not_be(app: Flask) -> None:
    dispatcher, source = FeedDispatcher(database, signals), Broken()
    heard: list[str] = []

    def reader(name: str) -> Reader:
        return Reader(Feed(source, (name,)), 0, lambda _: heard.append(name))

    for name in ("bad", "good", "better"):
        dispatcher.join(reader(name))
    until(lambda: len(heard) == 2)
    assert sorted(heard) == ["better", "good"]
    assert len(dispatcher) == 2


def test_signals_reach_everybody_beside_one_who_breaks() -> None:
    heard: list[str] = []
    alone = Signals()
    alone.redis = signals.redis
    alone.subscribe("x", lambda _: raised(ValueError("broken")))
    alone.subscribe("x", heard.append)
    alone.publish("x", "hello")
    assert heard == ["hello"]


def test_what_may_pass_is_no_rows_fault() -> None:
    done: list[int] = []

    def do(number: int) -> None:
        done.append(number)
        raise OperationalError("", {}, Exception("away"))

    with pytest.raises(OperationalError):
        each("test", [1, 2], do, done.append)
    assert done == [1]
