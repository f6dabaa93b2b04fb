"""Reading under load: what comes within a few hundredths of a second is read at once, for one wake-up instead of many.

A process that streams a handful of answers reads each delta as it comes. With hundreds of them, waking up for every
delta of every answer is most of what a process does, and an answer's words wait for that instead.
"""

import http.client
import io
import select
import socket
from time import sleep as pause
from typing import TYPE_CHECKING

from gevent import monkey

from app.llm.deadlines import WATCHDOG, current

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FEW = 64  # calls in flight up to which nothing waits
PER_CALL = 0.0004  # seconds of waiting for each call more than that
LONGEST = 0.08  # seconds; a reader sees a dozen pieces a second at the worst

_poll = monkey.get_original("select", "poll")  # looks, and never lets another greenlet run


class Response(http.client.HTTPResponse):
    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = io.BufferedReader(_CoalescingReader(sock, self.fp.detach()))


class _CoalescingReader(io.RawIOBase):
    """A socket's bytes. Before a read that would block, once the answer has begun, more of it is let come."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._call = current()
        self._decrypted = getattr(sock, "pending", int)  # bytes that TLS holds ready
        self._poller = _poll()
        self._poller.register(raw.fileno(), select.POLLIN)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        if self._call is not None and self._call.answered:
            self._wait_for_more()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
            super().close()

    def _wait_for_more(self) -> None:
        crowd = WATCHDOG.watched() - FEW
        if crowd > 0 and not (self._decrypted() or self._poller.poll(0)):
            pause(min(LONGEST, crowd * PER_CALL))
