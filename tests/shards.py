"""``python -m tests.shards``: the whole suite in processes side by side, each with its own services.

All of them collect every test. Each takes the next package from one queue whenever it is free. Arguments go to pytest.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import IO

import pytest

TESTS = Path(__file__).parent
SHARDS = ("first", "second", "third")  # one more than a small machine has cores: two in five seconds are spent waiting
# What takes longest begins first: no process shall be left alone with it at the end.
LONGEST = ("processes", "local", "privacy", "llm", "speech", "realtime", "chat", "topics", "interviews")
TOGETHER = {"feeds": "processes"}  # they share two web processes
QUEUE = "TEST_QUEUE"  # names the reading end of a pipe; each byte in it is the number of a package
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "tests.shards"]


def packages() -> list[str]:
    """The folders and files with tests, in the order in which they are begun."""
    found = {path.name for path in TESTS.iterdir() if (path / "__init__.py").exists() or path.match("test_*.py")}
    return [*LONGEST, *sorted(found - set(LONGEST) - TOGETHER.keys())]


def main(arguments: list[str]) -> int:
    queue = filled_queue()
    with ExitStack() as files:
        outputs = [None, *(files.enter_context(tempfile.TemporaryFile("w+")) for _ in SHARDS[1:])]
        running = [started(name, queue, output, arguments) for name, output in zip(SHARDS, outputs, strict=True)]
        codes = [process.wait() for process in running]
        for output in filter(None, outputs):
            output.seek(0)
            print("\nAnother process:\n", output.read(), flush=True)
    return max(map(abs, codes))


def filled_queue() -> int:
    reading, writing = os.pipe()
    os.write(writing, bytes(range(len(packages()))))
    os.close(writing)
    return reading


def started(name: str, queue: int, output: IO[str] | None, arguments: list[str]) -> "subprocess.Popen[bytes]":
    # The many processes that tests start need not compile the application again where byte code is kept.
    environ = os.environ | {"COVERAGE_FILE": f".coverage.{name}", QUEUE: str(queue), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.Popen([*PYTEST, *arguments], env=environ, stdout=output, cwd=TESTS.parent, pass_fds=[queue])


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In place of pytest's own loop, which runs everything that was collected."""
    if session.testsfailed:
        return None  # pytest says which module could not be collected
    for item, next_item in pairwise(chain(from_queue(session.items), [None])):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
        if session.shouldfail or session.shouldstop:
            raise session.Interrupted(session.shouldfail or session.shouldstop)
    return True


def from_queue(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    tests = {name: list(found) for name, found in groupby(sorted(items, key=package_of), package_of)}
    names = packages()
    if lost := tests.keys() - set(names):
        raise pytest.UsageError(f"nobody would run the tests of {', '.join(sorted(lost))}")
    while number := os.read(int(os.environ[QUEUE]), 1):
        yield from tests.get(names[number[0]], [])


def package_of(test: pytest.Item) -> str:
    name = test.path.relative_to(TESTS).parts[0]
    return TOGETHER.get(name, name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
