"""Jobs on real workers: run once, tried again, taken over, never lost."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import gevent
import pytest
from flask import Flask
from gevent.event import Event
from rq import Callback, Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, update
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core import clock
from app.core.clock import now
from app.core.errors import AppError
from app.core.ids import new_uuid
from app.db.session import db as database
from app.jobs.models import Job, JobState, QueueName
from app.jobs.queue import queue
from app.jobs.registry import JobDefinition, PeriodicJob, registry
from app.jobs.runner import MOST_LOST, JobRunner
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.waiting import until


class Passing(AppError):
    """A fault that may pass."""

    retryable = True
    code = "PASSING"


class MinuteAhead(datetime):
    """The clock of another machine."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=60)


@pytest.fixture
def done(app: Flask, clean: None) -> Iterator[list[Any]]:
    """What the test jobs did."""
    log: list[Any] = []

    def fail(error: Exception) -> None:
        log.append("tried")
        raise error

    define("test.note", lambda word: log.append(word))  # noqa: PLW0108
    define("test.pass", lambda: fail(Passing()))
    define("test.break", lambda: fail(ValueError("secret")))
    define("test.meet", lambda: (log.append("here"), until(lambda: len(log) >= 30), log.append("met"))[0])
    yield log
    for name in ("note", "pass", "break", "meet"):
        del registry.jobs[f"test.{name}"]


@pytest.fixture
def runner(app: Flask) -> JobRunner:
    return resolve_from(app, JobRunner)


def define(
    name: str, function: Callable[..., Any], attempts: int = 3, give_up: Callable[..., Any] | None = None
) -> None:
    registry.register([JobDefinition(name, function, QueueName.INTERACTIVE, attempts, give_up)])


def enqueue(name: str, **arguments: Any) -> str:
    with database.begin() as session:
        return queue.enqueue(session, name, "acme", "olivia", **arguments).id


def raised(error: Exception) -> None:
    raise error


def burst(app: Flask) -> None:
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)


def row(job_id: str) -> Job:
    with database.read() as session:
        return session.get_one(Job, job_id)


def test_a_job_runs_once_and_says_so(app: Flask, done: list[Any]) -> None:
    job_id = enqueue("test.note", word="hello")
    burst(app)
    job = row(job_id)
    assert (done, job.state, job.attempts) == (["hello"], JobState.COMPLETED, 1)
    assert job.finished_at is not None


def test_nothing_is_queued_when_the_transaction_fails(app: Flask, done: list[Any]) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        queue.enqueue(session, "test.note", word="never")
        raise RuntimeError
    burst(app)
    assert done == []


def test_nothing_that_redis_names_is_run(app: Flask, done: list[Any], tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    raw = Queue("interactive", connection=redis_store.blocking_client(signals.url), serializer=JSONSerializer)
    for job_id in (None, new_uuid()):
        raw.enqueue("os.system", f"touch {trace}", job_id=job_id)
        raw.enqueue("pathlib.Path.touch", args=[str(trace)], on_failure=Callback("os.system"), depends_on=None)
    raw.connection.rpush(raw.key, "x" * 5000, "../../etc", b"\xff\x00", "")
    enqueue("test.note", word="after")
    burst(app)
    assert (done, trace.exists()) == (["after"], False)


def test_an_entry_can_not_change_what_a_row_says(app: Flask, done: list[Any]) -> None:
    job_id = enqueue("test.note", word="mine")
    signals.redis.hset(f"rq:job:{job_id}", mapping={"data": b"junk", "timeout": "x", "created_at": "never"})
    burst(app)
    assert done == ["mine"]


def test_a_row_waits_in_the_queue_once_however_often_it_is_swept(
    app: Flask, runner: JobRunner, done: list[Any]
) -> None:
    enqueue("test.note", word="once")
    with database.begin() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(minutes=1)))
    for _ in range(5):
        runner.sweep()
    assert signals.redis.llen("rq:queue:interactive") == 1
    burst(app)
    assert done == ["once"]


def test_a_job_that_was_pushed_twice_runs_once(app: Flask, done: list[Any]) -> None:
    job_id = enqueue("test.note", word="once")
    queue.push(QueueName.INTERACTIVE, job_id)
    burst(app)
    assert done == ["once"]


def test_slow_jobs_run_side_by_side(app: Flask, done: list[Any]) -> None:
    for _ in range(30):
        enqueue("test.meet")
    burst(app)
    assert done == ["here"] * 30 + ["met"] * 30


def test_tenants_have_their_turn_when_slots_become_free(app: Flask, done: list[Any]) -> None:
    both = Event()

    def note(word: Any) -> None:
        """Long enough for the worker to see that its slots are taken."""
        done.append(word)
        both.set() if len(done) == 2 else both.wait()
        gevent.sleep(0.05)

    define("test.note", note)
    for tenant, number in [*(("acme", n) for n in range(6)), *(("globex", n) for n in range(2))]:
        with database.begin() as session:
            queue.enqueue(session, "test.note", tenant, word=(tenant, number))
    work(app, redis_store.blocking_client(signals.url), 1, burst=True)
    assert sorted(done[:2]) == [["acme", 0], ["globex", 0]]  # one in the slot, one in the spare
    assert ["globex", 1] in done[2:6]


def test_a_fault_that_may_pass_is_tried_again_later(app: Flask, done: list[Any]) -> None:
    job_id = enqueue("test.pass")
    burst(app)
    job = row(job_id)
    assert (job.state, job.attempts, job.error_code) == (JobState.QUEUED, 1, "PASSING")
    assert job.due_at > now()


def test_it_is_given_up_after_the_last_attempt(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    job_id = enqueue("test.pass")
    for _ in range(3):
        burst(app)
        with database.begin() as session:
            session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
        runner.sweep()
    job = row(job_id)
    assert (len(done), job.state, job.error_code) == (3, JobState.FAILED, "PASSING")


def test_a_busy_database_is_a_fault_that_may_pass(app: Flask, done: list[Any]) -> None:
    define("test.break", lambda: raised(PoolTimeout()))
    job_id = enqueue("test.break")
    burst(app)
    assert row(job_id).state == JobState.QUEUED


def test_a_job_that_can_not_be_given_up_is_not_over(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    def give_up() -> None:
        done.append("given up")
        if len(done) == 1:
            raise PoolTimeout

    define("test.break", lambda: raised(ValueError()), 1, give_up)
    job_id = enqueue("test.break")
    burst(app)
    assert row(job_id).state == JobState.RUNNING
    with database.begin() as session:
        session.execute(update(Job).values(lease_until=now() - timedelta(seconds=1)))
    runner.sweep()
    burst(app)
    assert (row(job_id).state, done) == (JobState.FAILED, ["given up", "given up"])


def test_a_bug_is_not_tried_again(app: Flask, done: list[Any]) -> None:
    job_id = enqueue("test.break")
    burst(app)
    job = row(job_id)
    assert (job.state, job.attempts, job.error_code) == (JobState.FAILED, 1, "INTERNAL_ERROR")


def test_a_job_whose_worker_died_is_taken_over(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    job_id = enqueue("test.note", word="again")
    signals.redis.flushdb()
    lost = {"state": JobState.RUNNING, "attempts": 1, "lease_until": now() - timedelta(seconds=1)}
    with database.begin() as session:
        session.execute(update(Job).values(**lost))
    runner.sweep()
    burst(app)
    assert (done, row(job_id).state, row(job_id).attempts) == (["again"], JobState.COMPLETED, 2)


def lose(runner: JobRunner, job_id: str) -> None:
    """Its worker has been killed: the lease runs out."""
    then = now() - timedelta(seconds=1)
    lost = {"state": JobState.RUNNING, "attempts": Job.attempts + 1, "due_at": then, "lease_until": then}
    with database.begin() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**lost))
    runner.sweep()


def test_an_attempt_whose_worker_died_has_not_failed(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    faults = [Passing(), None]
    define("test.break", lambda: (done.append("tried"), raised(fault) if (fault := faults.pop(0)) else None), 2)
    job_id = enqueue("test.break")
    signals.redis.flushdb()
    lose(runner, job_id)
    burst(app)
    assert (done, row(job_id).state) == (["tried"], JobState.QUEUED)
    lose(runner, job_id)
    burst(app)
    assert (done, row(job_id).state, row(job_id).lost_attempts) == (["tried", "tried"], JobState.COMPLETED, 2)


def test_a_worker_that_stops_hands_on_what_it_runs(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    define("test.break", lambda: done.append("begun") or (runner.release() if len(done) == 1 else None))
    job_id = enqueue("test.break")
    burst(app)
    assert signals.redis.llen("rq:queue:interactive") == 1
    burst(app)
    assert (done, row(job_id).state, row(job_id).lost_attempts) == (["begun", "begun"], JobState.COMPLETED, 1)


def test_a_job_that_outlives_no_worker_is_given_up(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    define("test.break", lambda: done.append("tried"), 1, lambda: done.append("given up"))
    job_id = enqueue("test.break")
    with database.begin() as session:
        session.execute(update(Job).values(attempts=MOST_LOST, lost_attempts=MOST_LOST))
    lose(runner, job_id)
    burst(app)
    assert (done, row(job_id).state) == (["given up"], JobState.FAILED)
    assert row(job_id).error_code == "ATTEMPTS_EXHAUSTED"


def test_a_job_that_somebody_holds_is_left_alone(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    job_id = enqueue("test.note", word="mine")
    with database.begin() as session:
        session.execute(update(Job).values(state=JobState.RUNNING, lease_until=now() + timedelta(seconds=20)))
    assert runner.claims.one(job_id) is None
    burst(app)
    assert done == []


def test_a_worker_whose_clock_is_ahead_takes_no_live_job(
    app: Flask, runner: JobRunner, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = enqueue("test.note", word="mine")
    values = {"state": JobState.RUNNING, "attempts": 1, "lease_until": now() + timedelta(seconds=25)}
    with database.begin() as session:
        session.execute(update(Job).values(**values))
    monkeypatch.setattr(clock, "datetime", MinuteAhead)
    assert now() > datetime.now(UTC) + timedelta(seconds=50)
    runner.sweep()
    burst(app)
    assert (done, row(job_id).attempts) == ([], 1)


def test_a_job_from_a_process_whose_clock_is_ahead_is_due_at_once(
    app: Flask, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "datetime", MinuteAhead)
    enqueue("test.note", word="now")
    burst(app)
    assert done == ["now"]


def test_jobs_that_redis_lost_are_found_in_the_table(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    enqueue("test.note", word="found")
    signals.redis.flushdb()
    with database.begin() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(minutes=1)))
    runner.sweep()
    burst(app)
    assert done == ["found"]


def test_old_jobs_are_forgotten(app: Flask, runner: JobRunner, done: list[Any]) -> None:
    enqueue("test.note", word="old")
    burst(app)
    with database.begin() as session:
        session.execute(update(Job).values(created_at=now() - timedelta(days=8)))
    runner.sweep()
    with database.read() as session:
        assert session.scalars(select(Job)).all() == []


def test_periodic_work_is_done_once_by_many_workers(app: Flask, runner: JobRunner, clean: None) -> None:
    ran: list[int] = []
    registry.register([PeriodicJob("test.tick", lambda: ran.append(1), 60)])
    try:
        gevent.joinall([gevent.spawn(runner.run_periodic, "test.tick") for _ in range(10)])
    finally:
        del registry.periodic["test.tick"]
    assert ran == [1]


def test_only_known_jobs_can_be_queued(app: Flask, clean: None) -> None:
    with pytest.raises(LookupError), database.begin() as session:
        queue.enqueue(session, "test.unknown")
