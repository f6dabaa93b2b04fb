"""Log lines on their way out. No request waits for one: a pipe that nobody reads or a full disk costs lines only."""

import atexit
import os
import sys
from _queue import SimpleQueue  # ``queue`` has gevent's, which no other thread can read
from collections.abc import Callable

from gevent import monkey

from app.observability.metrics import LOG_LINES_DROPPED

MOST_WAITING = 10_000  # lines; what comes beyond is dropped and counted
LONGEST = 32_768  # characters of a line
LAST_WORDS = 1.0  # seconds that the end of a process waits for its last lines

# of the system, not gevent's: a thread that is stuck in a write must not take the event loop with it
start_thread = monkey.get_original("_thread", "start_new_thread")
sleep = monkey.get_original("time", "sleep")


class LogWriter:
    """A text stream for loggers. One thread writes to the descriptor, begun with the first line of the process."""

    def __init__(self, descriptor: Callable[[], int]) -> None:
        self._descriptor = descriptor
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._pid = 0
        self._taken = 0
        self._written = self._lost = self._told = 0  # lines; the thread counts the first two

    def write(self, text: str) -> None:
        if self._pid != os.getpid():  # threads do not survive a fork
            self._begin()
        self._tell_of_losses()
        if self._lines.qsize() >= MOST_WAITING:
            LOG_LINES_DROPPED.inc()
            return
        line = text if len(text) <= LONGEST else f"{text[:LONGEST]}…\n"
        self._taken += 1
        self._lines.put(line.encode("utf-8", "replace"))

    def flush(self) -> None:
        """Nobody waits; loggers call this after each line."""

    def drain(self) -> None:
        """Gives what waits a moment to get out."""
        for _ in range(round(LAST_WORDS / 0.01)):
            if self._pid != os.getpid() or self._written >= self._taken:
                return
            sleep(0.01)

    def _tell_of_losses(self) -> None:
        """Figures have locks that belong to gevent: the thread keeps off them."""
        lost = self._lost
        if lost > self._told:
            LOG_LINES_DROPPED.inc(lost - self._told)
            self._told = lost

    def _begin(self) -> None:
        self._lines, self._pid = SimpleQueue(), os.getpid()
        self._taken = self._written = self._lost = self._told = 0
        start_thread(self._run, (self._lines,))

    def _run(self, lines: "SimpleQueue[bytes]") -> None:
        while True:
            line = lines.get()
            self._lost += not self._put_out(line)
            self._written += 1

    def _put_out(self, line: bytes) -> bool:
        """Whether the line went out. A reader that has left and a full disk are no reason to end."""
        while line:
            try:
                line = line[os.write(self._descriptor(), line) :]
            except BlockingIOError:
                sleep(0.01)
            except (OSError, ValueError):
                return False
        return True


writer = LogWriter(lambda: sys.__stderr__.fileno() if sys.__stderr__ else 2)  # of this process
atexit.register(writer.drain)
