"""The producer's side, and readers in the producer's own process: a list of frames and a bell. No Redis in between."""

from collections.abc import Iterator

from gevent.event import Event

from app.streams.interfaces import IDLE, Frame


class Channel:
    """What one producer has said so far. Readers keep an index into it, so a slow one costs nobody memory."""

    __slots__ = ("_readers", "closed", "flushed", "frames", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.frames: list[Frame] = []
        self.flushed = 0
        self.closed = False
        self._readers: set[Event] = set()

    def append(self, data: bytes, final: bool) -> Frame:
        frame = Frame(len(self.frames) + 1, data, final)
        self.frames.append(frame)
        self.closed = final
        for bell in self._readers:
            bell.set()
        return frame

    def tick(self) -> None:
        """Wakes readers that have nothing to read, so that they can look around; a timer for each would cost more."""
        for bell in self._readers:
            bell.set()

    def read(self, after: int) -> Iterator[list[Frame] | None]:
        """All that is there past ``after``, then what comes, in lists; ``IDLE`` at every tick without news."""
        bell = Event()
        self._readers.add(bell)
        try:
            yield from self._batches(after, bell)
        finally:
            self._readers.discard(bell)

    def _batches(self, after: int, bell: Event) -> Iterator[list[Frame] | None]:
        while not self.closed or after < len(self.frames):
            if after == len(self.frames):
                bell.clear()
                bell.wait()
            fresh = self.frames[after:]
            after += len(fresh)
            yield fresh or IDLE
