"""A feed as Server-Sent Events, and waiting for what it holds."""

import time
from collections.abc import Iterator

from app.feeds.dispatcher import FeedDispatcher
from app.feeds.interfaces import Entry, Feed
from app.feeds.readers import PageReader
from app.streams import sse

IDLE_AFTER = 2.0  # seconds without an entry
IDLES_PER_HEARTBEAT = 6
RECONNECT = b"retry: 1000\n\n"


def stream_feed(dispatcher: FeedDispatcher, feed: Feed, after: int) -> Iterator[bytes]:
    """Entries after a position, up to the final one; heartbeats at once and later while there is nothing.

    A process that goes down sends its readers elsewhere: they come back with the id of their last event.
    """
    reader = PageReader(feed, after)
    idles = 0
    with dispatcher.following(reader):
        while not (page := reader.next_page(IDLE_AFTER)) or not page[-1].final:
            yield from map(_event, page)
            if not page and dispatcher.draining:
                yield RECONNECT
                return
            if not page and idles % IDLES_PER_HEARTBEAT == 0:
                yield sse.HEARTBEAT
            idles += not page
        yield from map(_event, page)


def wait_for_entry(dispatcher: FeedDispatcher, feed: Feed, seconds: float) -> None:
    """Returns when the feed has an entry, or after ``seconds``."""
    reader = PageReader(feed)
    until = time.monotonic() + seconds
    with dispatcher.following(reader):
        while (left := until - time.monotonic()) > 0 and not reader.next_page(left):
            pass


def _event(entry: Entry) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (entry.position, entry.type.encode(), entry.data)
