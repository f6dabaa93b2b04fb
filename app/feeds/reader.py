"""Where one client stands in a feed: every entry at most once, in order. A dispatcher reads for all of them."""

from collections.abc import Callable, Sequence

import gevent
from simple_websocket import ConnectionClosed

from app.feeds.interfaces import LARGEST_POSITION, Entry, Feed, Range


class Reader:
    """``send`` gets one entry after another, in a greenlet that lives as long as there are any. It may wait.

    Busy from when it is read for until that is sent; due when there may be something to read.
    """

    def __init__(self, feed: Feed, cursor: int, send: Callable[[Entry], None]) -> None:
        self.feed = feed
        self.cursor = cursor
        self.is_busy = self.is_due = False
        self._send = send
        self._sending: gevent.Greenlet | None = None
        self._lowest = cursor  # what comes after it was sent, or is going to be
        self._replays: list[Range] = []

    @property
    def next_range(self) -> Range:
        return self._replays[0] if self._replays else Range(self.feed.key, self.cursor)

    def replay(self, after: int) -> bool:
        """Whether there are entries after a position that were not sent here; they go before the newer ones."""
        if after >= self._lowest:
            return False
        self._replays.append(Range(self.feed.key, after, self._lowest))
        self._lowest = after
        return True

    def take(self, wanted: Range, page: Sequence[Entry], done: Callable[[], None]) -> None:
        """What was read of a range. Does not wait; ``done`` is called when it is sent, and there may be more."""
        self._sending = gevent.spawn(self._send_page, wanted, page, done)

    def stop(self) -> None:
        if self._sending is not None:
            self._sending.kill(block=False)

    def _send_page(self, wanted: Range, page: Sequence[Entry], done: Callable[[], None]) -> None:
        send = self._send_new if wanted.through == LARGEST_POSITION else self._send_replayed
        try:
            send(wanted, page)
        except ConnectionClosed:
            return
        if not (page and page[-1].final):
            done()

    def _send_new(self, _: Range, page: Sequence[Entry]) -> None:
        for entry in page:
            if entry.position > self.cursor or entry.final:
                self._send(entry)
                self.cursor = entry.position

    def _send_replayed(self, wanted: Range, page: Sequence[Entry]) -> None:
        """Up to an empty page; then the next replay, or what is new."""
        for entry in page:
            self._send(entry)
        if page:
            self._replays[0] = wanted._replace(after=page[-1].position)
        else:
            del self._replays[0]
        self.is_due = True
