"""Pages are taken apart in a process of their own, with little time and memory.

A page may be made to cost minutes (a hundred thousand attributes on one tag), gigabytes (formatting opened over and
over) or the process itself (nesting without end), and regular expressions hold the interpreter meanwhile. In a thread
that would stop every stream.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from subprocess import DEVNULL, PIPE

import msgspec

from app.outgoing.interfaces import Content, Deadline, FetchTimedOut, Page

AT_ONCE = threading.BoundedSemaphore(4)
CPU_SECONDS = 5


def contents(pages: Sequence[Page], seconds: float, cpu_seconds: int = CPU_SECONDS) -> list[Content]:
    """What the pages say, in their order; the first that costs too much is left out, and those after it."""
    deadline = Deadline(seconds)
    if not AT_ONCE.acquire(timeout=seconds):
        raise FetchTimedOut
    try:
        lines = _run(b"\n".join(map(msgspec.json.encode, pages)), deadline.left(), cpu_seconds)
    except TimeoutError as error:
        raise FetchTimedOut from error
    finally:
        AT_ONCE.release()
    return [msgspec.json.decode(line, type=Content) for line in lines]


def _run(pages: bytes, seconds: float, cpu_seconds: int) -> list[bytes]:
    """The lines that were finished. The process inherits no setting, so no secret, of this one."""
    command = [sys.executable, "-m", "app.outgoing.website.parsing", str(cpu_seconds)]
    environ = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        output = subprocess.run(  # noqa: S603
            command, input=pages, env=environ, timeout=seconds, check=False, stdout=PIPE, stderr=DEVNULL
        ).stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    return list(output.split(b"\n")[:-1])
