"""Pages are taken apart in a process of their own, with little time and memory.

A page may be made to cost minutes (a hundred thousand attributes on one tag), gigabytes (formatting opened over and
over) or the process itself (nesting without end), and regular expressions hold the interpreter meanwhile. In a thread
that would stop every stream.
"""

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict

from app.outgoing.interfaces import Deadline, FetchTimedOut, Page
from app.outgoing.website.interfaces import Content

AT_ONCE = threading.BoundedSemaphore(4)
CPU_SECONDS = 5


def contents(pages: Sequence[Page], seconds: float, cpu_seconds: int = CPU_SECONDS) -> list[Content]:
    """What the pages say, in their order; the first that costs too much is left out, and those after it."""
    deadline = Deadline(seconds)
    if not AT_ONCE.acquire(timeout=seconds):
        raise FetchTimedOut
    try:
        lines = _run(b"\n".join(map(_packed, pages)), deadline.left(), cpu_seconds)
    except TimeoutError as error:
        raise FetchTimedOut from error
    finally:
        AT_ONCE.release()
    return [Content(**json.loads(line)) for line in lines]


def _run(pages: bytes, seconds: float, cpu_seconds: int) -> list[bytes]:
    """The lines that were finished. The process inherits no setting, so no secret, of this one."""
    command = [sys.executable, "-m", "app.outgoing.website.parsing", str(cpu_seconds)]
    environ = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    try:
        output = subprocess.run(command, input=pages, env=environ, timeout=seconds, check=False, **pipes).stdout  # type: ignore[call-overload] # noqa: S603
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    return list(output.split(b"\n")[:-1])


def _packed(page: Page) -> bytes:
    return json.dumps(asdict(page) | {"body": base64.b64encode(page.body).decode()}).encode()
