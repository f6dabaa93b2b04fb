"""One timer for all streams: thousands of them share a tick instead of a heap of timers."""

import asyncio
from collections import defaultdict
from collections.abc import Callable

TICK = 0.002


class Wheel:
    """Calls things later, on ticks of 2 ms; idle while nothing waits."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due: defaultdict[int, list[Callable[[], None]]] = defaultdict(list)
        self._now = int(self._loop.time() / TICK)
        self._running = False

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        if not self._running:
            self._running, self._now = True, int(self._loop.time() / TICK)
            self._loop.call_later(TICK, self._turn)
        self._due[max(self._now + 1, int((self._loop.time() + seconds) / TICK))].append(call)

    def _turn(self) -> None:
        target = int(self._loop.time() / TICK)
        while self._now < target:
            self._now += 1
            for call in self._due.pop(self._now, ()):
                call()
        self._running = bool(self._due)
        if self._running:
            self._loop.call_later(TICK, self._turn)
