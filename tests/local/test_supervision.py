"""What dies under ``python -m app.local run`` comes back at its address; what hangs makes readiness red."""

import http.client
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.local import stale_processes
from tests.local.launched import Run


@pytest.fixture(scope="module")
def run(data_dir: Path) -> Iterator[Run]:
    started = Run(data_dir)
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGINT)


def main_process(run: Run, data_dir: Path, name: str) -> psutil.Process:
    """The parent where there are several."""
    children = psutil.Process(run.process.pid).children()
    if folder := {"postgres": "postgres", "valkey-server": "redis"}.get(name):
        places = stale_processes.servers(data_dir / folder, name)
        return next(process for process in places if process in children)
    return next(process for process in children if any(name in word for word in process.cmdline()))


def await_ready(run: Run) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if run.status("/health/ready") == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.1)
    raise AssertionError("not ready again")


@pytest.mark.parametrize("name", ["valkey-server", "postgres", "worker.py", "gunicorn"])
def test_what_is_killed_comes_back(run: Run, data_dir: Path, name: str) -> None:
    await_ready(run)
    announced = (data_dir / "services.json").read_text()
    killed = main_process(run, data_dir, name)
    killed.kill()
    run.read_until("starts again")
    run.read_until("started again")
    await_ready(run)
    assert main_process(run, data_dir, name).pid != killed.pid
    assert (data_dir / "services.json").read_text() == announced


@pytest.mark.parametrize(("name", "check"), [("postgres", "database"), ("valkey-server", "redis")])
def test_what_is_stopped_makes_readiness_red(run: Run, data_dir: Path, name: str, check: str) -> None:
    await_ready(run)
    stopped = main_process(run, data_dir, name)
    stopped.suspend()
    try:
        status, answer = run.answer("/health/ready")
        assert (status, json.loads(answer)["checks"][check]) == (503, "unreachable")
        assert run.status("/health/live") == 200
        status, answer = run.answer("/health/ready", "worker ")
        assert (status, json.loads(answer)["checks"][check]) == (503, "unreachable")
        assert run.answer("/health/live", "worker ")[0] == 200
    finally:
        stopped.resume()
    await_ready(run)


def test_the_worker_says_that_it_is_ready_and_nothing_else(run: Run) -> None:
    await_ready(run)
    status, answer = run.answer("/health/ready", "worker ")
    assert (status, json.loads(answer)["status"]) == (200, "ready")
    assert run.answer("/ai/topics", "worker ")[0] == 404


def test_what_dies_again_and_again_is_given_up(run: Run, data_dir: Path) -> None:
    await_ready(run)
    said = ""
    while "so everything stops" not in said:
        main_process(run, data_dir, "valkey-server").kill()
        said = run.read_until("started again", "so everything stops")
    assert "Redis      | ended 6 times within a minute, so everything stops: see " in said
    assert run.process.wait(60) == 1
    assert run.survivors() == []
