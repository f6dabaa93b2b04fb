"""A feed as Server-Sent Events, and waiting for what it holds."""

from collections.abc import Iterator

import gevent
from gevent.event import Event
from gevent.queue import Queue

from app.feeds.dispatcher import FeedDispatcher
from app.feeds.interfaces import Entry, Feed
from app.feeds.reader import Reader
from app.streams import sse

SOON, IDLE_AFTER = 0.1, 2.0  # seconds without an entry: the first time, and later
RECONNECT = b"retry: 1000\n\n"


def stream_feed(dispatcher: FeedDispatcher, feed: Feed, after: int) -> Iterator[bytes]:
    """Entries after a position, up to the final one; heartbeats soon and later while there is nothing.

    A process that goes down sends its readers elsewhere: they come back with the id of their last event.
    """
    idles = 0
    for entry in _entries(dispatcher, feed, after):
        if entry:
            yield b"id: %d\nevent: %b\ndata: %b\n\n" % (entry.position, entry.type.encode(), entry.data)
            continue
        if dispatcher.draining:
            yield RECONNECT
            return
        yield sse.heartbeat(idles)
        idles += 1


def wait_for_entry(dispatcher: FeedDispatcher, feed: Feed, seconds: float) -> None:
    """Returns when the feed has an entry, or after ``seconds``."""
    ready = Event()
    with dispatcher.following(Reader(feed, 0, lambda _: ready.set())):
        ready.wait(seconds)


def _entries(dispatcher: FeedDispatcher, feed: Feed, after: int) -> Iterator[Entry | None]:
    """Up to the final one; ``None`` when none came for a while."""
    entries: Queue[Entry] = Queue(1)
    entry, timeout = None, SOON
    with dispatcher.following(Reader(feed, after, entries.put)):
        while not (entry and entry.final):
            entry = gevent.with_timeout(timeout, entries.get, timeout_value=None)
            timeout = IDLE_AFTER
            yield entry
