"""The process that ``reader`` starts: a page in a line, what it says in a line, until its time or memory is up."""

import contextlib
import resource
import sys
from collections.abc import Iterable

import msgspec

from app.outgoing.interfaces import Page
from app.outgoing.website.page import read

MEMORY = 1024 * 1024 * 1024  # bytes


def main(lines: Iterable[bytes], cpu_seconds: int) -> None:
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_AS, MEMORY)
    for line in lines:
        page = msgspec.json.decode(line, type=Page)
        sys.stdout.buffer.write(msgspec.json.encode(read(page)) + b"\n")
        sys.stdout.flush()


def _limit(what: int, most: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # not every system has every limit
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main(sys.stdin.buffer, int(sys.argv[1]))
