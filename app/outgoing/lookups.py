"""Addresses of host names, with deadlines. The system's resolver may take half a minute, and only a thread can ask it.

gevent's own ten threads stay free: they look names up for everybody else.
"""

import socket
from collections.abc import Sequence

import gevent
from gevent import monkey
from gevent.event import AsyncResult
from gevent.threadpool import ThreadPool

ask = monkey.get_original("socket", "getaddrinfo")


class Lookups:
    """So many names at once, each asked for once however many wait for it."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool: ThreadPool | None = None  # made late: it belongs to the process that uses it
        self._running: dict[str, AsyncResult[list[str]]] = {}

    def addresses(self, host: str, seconds: float | None = None) -> Sequence[str]:
        """At least one. Raises ``TimeoutError`` without an answer in time, ``socket.gaierror`` for an unknown name."""
        with gevent.Timeout(seconds, TimeoutError("no answer from the resolver")):
            found: list[str] = self._asked(host).get()
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def _asked(self, host: str) -> "AsyncResult[list[str]]":
        """Waits while all threads are taken."""
        if self._pool is None:
            self._pool = ThreadPool(self._threads)
        if host not in self._running:
            answer = self._pool.spawn(_look_up, host)
            answer.rawlink(lambda _: self._running.pop(host, None))
            self._running[host] = answer
        return self._running[host]


def _look_up(host: str) -> list[str]:
    """Runs in a thread. Nothing for a name that has no address."""
    try:
        return list(dict.fromkeys(str(found[4][0]) for found in ask(host, None, 0, socket.SOCK_STREAM)))
    except (OSError, UnicodeError):
        return []


strangers = Lookups(32)  # names that users gave
operators = Lookups(8)  # names of the configuration
