"""Web and worker processes without the four seconds that each would spend on the same imports.

One process has loaded the application, and forks itself for each that is asked for: ``tests/nursery_process.py``. What
is forked has no settings, no connection and no hub yet. It goes on as the program on its command line does, in an
environment of its own. How processes start from nothing is tried in ``tests/local`` and in ``processes/test_start.py``.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUNICORN = str(Path(sys.executable).parent / "gunicorn")
WORKER = "worker.py"
INTEGER = 4  # bytes


class Child:
    """A forked process, as ``subprocess.Popen`` shows one."""

    def __init__(self, told: socket.socket) -> None:
        self._told = told
        self.pid = self._next()
        self.returncode: int | None = None

    def poll(self) -> int | None:
        try:
            return self.wait(0)
        except (subprocess.TimeoutExpired, BlockingIOError):
            return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = self._next()
            except TimeoutError:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0) from None
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def _next(self) -> int:
        said = self._told.recv(INTEGER)
        assert said, "the process that forks others is gone"
        return int.from_bytes(said, sys.byteorder, signed=True)


Process = Child | subprocess.Popen[bytes]


class Nursery:
    """The process that forks, as long as this one lives."""

    def __init__(self) -> None:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "tests.nursery_process", str(theirs.fileno())]
            self._process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], start_new_session=True)

    def fork(self, command: list[str], environ: Mapping[str, str], stderr: int) -> Child:
        ours, theirs = socket.socketpair()
        with theirs:
            asked = json.dumps({"command": command, "environ": dict(environ)}).encode()
            socket.send_fds(self._asking, [asked], [theirs.fileno(), stderr])
        return Child(ours)


@cache
def _nursery() -> Nursery:
    return Nursery()


def start(command: list[str], environ: Mapping[str, str], stderr: int = 2, *, alone: bool = False) -> Process:
    """``command`` is a script of Python and its arguments; ``alone``: from nothing.

    Elsewhere than on Linux all are: processes that have loaded the system's libraries can't be forked safely there.
    """
    if alone or sys.platform != "linux":
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environ, stderr=stderr)
    return _nursery().fork(command, environ, stderr)


def start_worker(environ: Mapping[str, str]) -> Process:
    return start([WORKER], os.environ | environ)
