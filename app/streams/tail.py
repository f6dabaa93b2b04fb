"""Reading what other processes produce: one query for all logs that this process follows, again and again.

Asking is cheaper than being told: the cost of a process depends on what it follows, not on what others make, and
nothing is lost with a message. A process that follows nothing asks nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from operator import attrgetter

import gevent
import redis
import structlog
from gevent.event import Event

from app.streams import redis_store
from app.streams.interfaces import IDLE, Frame, Gone
from app.streams.redis_store import Position

EVERY = 0.05  # seconds between two queries, while anything is followed
FURTHER = 0.001  # seconds for each log that is followed, so that what comes is taken together where there is much
LONGEST = 0.25
AGAIN = 1.0  # seconds before a Redis that is away is asked again
SEQ = attrgetter("seq")

log = structlog.get_logger()


class Follower:
    """A reader of one stored log; ``ready`` is set when there is something new, or Redis is away."""

    __slots__ = ("after", "fresh", "lost", "position", "ready")

    def __init__(self, after: int) -> None:
        self.after = after  # a reader may have had more elsewhere than Redis has by now
        self.position = Position()
        self.fresh: list[Frame] = []
        self.lost = False
        self.ready = Event()

    def read(self, idle_after: float) -> Iterator[list[Frame] | None]:
        """What comes, up to the final frame, or until it is lost; ``IDLE`` in silent times."""
        is_over = False
        while not (is_over or self.lost):
            is_silent = not (self.fresh or self.ready.wait(idle_after))
            self.ready.clear()
            fresh, self.fresh = self.fresh, []
            if fresh or is_silent:
                yield fresh or IDLE
            is_over = bool(fresh) and fresh[-1].final


class Tail:
    def __init__(self, server: redis.Redis, idle_after: float) -> None:
        self._redis = server
        self._idle_after = idle_after
        self._followers: defaultdict[str, set[Follower]] = defaultdict(set)
        self._loop: gevent.Greenlet | None = None

    def follow(self, name: str, after: int) -> Iterator[list[Frame] | None]:
        """As ``EventLog.follow``. Raises ``Gone`` when nothing is stored, or Redis is away."""
        follower = Follower(after)
        try:
            page = redis_store.read(self._redis, {name: follower.position}).get(name)
        except redis_store.Away:
            page = None
        if page is None:
            raise Gone(name)
        follower.fresh, follower.position = [frame for frame in page.frames if frame.seq > after], page.position
        if follower.fresh:
            yield follower.fresh
            follower.fresh = []
        if not (page.frames and page.frames[-1].final):
            yield from self._followed(name, follower)

    def _followed(self, name: str, follower: Follower) -> Iterator[list[Frame] | None]:
        self._followers[name].add(follower)
        self._start()
        try:
            yield from follower.read(self._idle_after)
        finally:
            self._followers[name].discard(follower)
            if not self._followers[name]:
                del self._followers[name]
        if follower.lost:
            raise Gone(name)

    def _start(self) -> None:
        if self._loop is None or self._loop.dead:
            self._loop = gevent.spawn(self._read_while_followed)

    def _read_while_followed(self) -> None:
        while self._followers:
            try:
                self._read()
            except redis_store.Away as error:
                log.warning("events_not_read", reason=type(error).__name__)
                self._lose_all()
                gevent.sleep(AGAIN)
            gevent.sleep(min(LONGEST, EVERY + FURTHER * len(self._followers)))

    def _read(self) -> None:
        """The followers of a log may stand at different places: it is read from the earliest."""
        positions = {name: min((one.position for one in them), key=SEQ) for name, them in self._followers.items()}
        for name, page in redis_store.read(self._redis, positions).items():
            for follower in self._followers.get(name, ()):
                follower.fresh += [
                    frame for frame in page.frames if frame.seq > max(follower.after, follower.position.seq)
                ]
                follower.position = page.position
                follower.ready.set()

    def _lose_all(self) -> None:
        for followers in self._followers.values():
            for follower in followers:
                follower.lost = True
                follower.ready.set()
