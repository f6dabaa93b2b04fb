"""The whole of ``python -m app.local run``: ready, answering, ended, and taken over after a kill."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.launched import Run


@pytest.fixture(scope="module")
def killed(data_dir: Path) -> Run:
    run = Run(data_dir)
    assert run.end(signal.SIGKILL) == -signal.SIGKILL
    assert run.survivors()
    return run


@pytest.fixture(scope="module")
def second(killed: Run, data_dir: Path) -> Iterator[Run]:
    """Started after the first one was killed."""
    run = Run(data_dir)
    yield run
    if run.process.poll() is None:
        run.end(signal.SIGTERM)


def test_a_new_one_takes_over_from_a_killed_one(killed: Run, second: Run) -> None:
    assert second.status("/health/ready") == 200
    assert killed.survivors() == []


def test_it_answers_and_ends_without_a_trace(second: Run, data_dir: Path) -> None:
    assert second.status("/health") == 200
    assert (data_dir / "services.json").exists()
    assert second.end(signal.SIGINT) == 0
    assert second.survivors() == []
    assert not (data_dir / "services.json").exists()
