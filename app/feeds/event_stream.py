"""A feed as Server-Sent Events, and waiting for what it holds."""

from collections.abc import Iterator
from contextlib import suppress

from gevent.event import Event
from gevent.queue import Empty, Queue

from app.feeds.dispatcher import FeedDispatcher
from app.feeds.interfaces import Entry, Feed
from app.feeds.reader import Reader
from app.streams import sse

SOON, IDLE_AFTER = 0.1, 2.0  # seconds without an entry: the first time, and later
IDLES_PER_HEARTBEAT = 6
RECONNECT = b"retry: 1000\n\n"


def stream_feed(dispatcher: FeedDispatcher, feed: Feed, after: int) -> Iterator[bytes]:
    """Entries after a position, up to the final one; heartbeats soon and later while there is nothing.

    A process that goes down sends its readers elsewhere: they come back with the id of their last event.
    """
    entries: Queue[Entry] = Queue(1)
    idles = 0
    with dispatcher.following(Reader(feed, after, entries.put)):
        while (entry := _next(entries, IDLE_AFTER if idles else SOON)) or not dispatcher.draining:
            if entry:
                yield b"id: %d\nevent: %b\ndata: %b\n\n" % (entry.position, entry.type.encode(), entry.data)
            elif idles % IDLES_PER_HEARTBEAT == 0:
                yield sse.HEARTBEAT
            if entry and entry.final:
                return
            idles += not entry
    yield RECONNECT


def wait_for_entry(dispatcher: FeedDispatcher, feed: Feed, seconds: float) -> None:
    """Returns when the feed has an entry, or after ``seconds``."""
    ready = Event()
    with dispatcher.following(Reader(feed, 0, lambda _: ready.set())):
        ready.wait(seconds)


def _next(entries: Queue[Entry], seconds: float) -> Entry | None:
    with suppress(Empty):
        entry: Entry = entries.get(timeout=seconds)
        return entry
    return None
