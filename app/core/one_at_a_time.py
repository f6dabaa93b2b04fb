"""One of those who want the same at the same time does it; the others wait, and find it done."""

from collections.abc import Hashable
from weakref import WeakValueDictionary

from gevent.lock import BoundedSemaphore


class OneAtATime:
    """A lock for each key, kept for as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Hashable, BoundedSemaphore] = WeakValueDictionary()

    def __call__(self, key: Hashable) -> BoundedSemaphore:
        return self._locks.setdefault(key, BoundedSemaphore(1))
