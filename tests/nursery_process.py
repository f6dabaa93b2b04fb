"""``python -m tests.nursery_process N``: has loaded all of the application, and forks itself for who asks on socket N.

It ends with who started it, and its children with it.
"""

from gevent import monkey

monkey.patch_all()  # as worker.py and gunicorn's workers do before they import anything

import gc  # noqa: E402

gc.disable()  # until everything is there

import json  # noqa: E402
import os  # noqa: E402
import runpy  # noqa: E402
import signal  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
from contextlib import suppress  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from app.care.warm import warm  # noqa: E402
from app.composition import application  # noqa: E402, F401

# What waits here must not wait in a hub: a fork would take it along.
SOCKET: Any = monkey.get_original("socket", "socket")
SELECT, FORK, WAITPID = (
    monkey.get_original(module, name) for module, name in (("select", "select"), ("os", "fork"), ("os", "waitpid"))
)
LARGEST = 256 * 1024  # bytes of a question: an environment
INTEGER = 4  # bytes


@dataclass
class Forking:
    """``children`` by the file that tells of their end: their number, and where their end is reported."""

    asking: Any
    children: dict[int, tuple[int, int]] = field(default_factory=dict)

    def serve(self) -> dict[str, Any] | None:
        """Returns in each child, with what it shall become; in this process when nobody asks any more."""
        while True:
            ready, _, _ = SELECT([self.asking, *self.children], [], [])
            for ended in self.children.keys() & set(ready):
                self._report(ended)
            if self.asking not in ready:
                continue
            question, files, _, _ = socket.recv_fds(self.asking, LARGEST, 2)
            if not question:
                return self._end()
            if self._is_child(*files):
                return json.loads(question)

    def _is_child(self, told: int, stderr: int) -> bool:
        if pid := FORK():
            os.close(stderr)
            os.write(told, pid.to_bytes(INTEGER, sys.byteorder, signed=True))
            self.children[os.pidfd_open(pid)] = (pid, told)
            return False
        os.dup2(stderr, 2)
        self.asking.detach()
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        return True

    def _report(self, ended: int) -> None:
        pid, told = self.children.pop(ended)
        code = os.waitstatus_to_exitcode(WAITPID(pid, 0)[1])
        with suppress(BrokenPipeError):
            os.write(told, code.to_bytes(INTEGER, sys.byteorder, signed=True))
        for file in (ended, told):
            os.close(file)

    def _end(self) -> None:
        for pid, _ in self.children.values():
            os.kill(pid, signal.SIGKILL)


def become(command: list[str], environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = command
    runpy.run_path(command[0], run_name="__main__")


if __name__ == "__main__":
    warm()
    gc.collect()
    gc.freeze()
    gc.enable()
    gevent.get_hub().destroy(destroy_loop=True)  # each child makes one of its own
    if asked := Forking(SOCKET(fileno=int(sys.argv[1]))).serve():
        become(**asked)
