"""The whole of ``python -m app.local run``: ready, answering, ended, and taken over after a kill."""

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.local import launcher, stale_processes

ROOT = Path(launcher.__file__).parents[2]


class Run:
    """A launcher on a port of its own choice, once it has said that it is ready."""

    def __init__(self, data_dir: Path) -> None:
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.local", "run"],
            cwd=ROOT,
            env={**keep, "DATA_DIR": str(data_dir), "PORT": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.banner = self._read_until("curl -N")
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def _read_until(self, text: str) -> str:
        assert self.process.stdout
        said = ""
        while text not in said:
            line = self.process.stdout.readline()
            assert line, said
            said += line
        return said

    def status(self, path: str) -> int:
        port = int(re.findall(r"http://localhost:(\d+)/", self.banner)[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path)
        return connection.getresponse().status

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=120)
        return self.process.returncode

    def survivors(self) -> list[psutil.Process]:
        return [process for process in self.family if stale_processes.lives(process)]


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
