"""One request's time: since when it is here, and how long it has waited for models. The rest is ours."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar


class RequestTiming:
    """``parent`` is the caller's ``traceparent``, ``trace_id`` that of the last turn which the request began."""

    def __init__(self, request_id: str, parent: str = "") -> None:
        self.request_id = request_id
        self.parent = parent
        self.trace_id = ""
        self.began = time.perf_counter()
        self._waited = 0.0
        self._asked = 0  # models that are at it: the time of several counts once
        self._since = 0.0

    @contextmanager
    def waiting(self) -> Iterator[None]:
        if not self._asked:
            self._since = time.perf_counter()
        self._asked += 1
        try:
            yield
        finally:
            self._asked -= 1
            if not self._asked:
                self._waited += time.perf_counter() - self._since

    def until_now(self) -> tuple[float, float]:
        """Seconds: all of them, and those without models."""
        now = time.perf_counter()
        waited = self._waited + (now - self._since if self._asked else 0.0)
        return now - self.began, max(0.0, now - self.began - waited)


_CURRENT: ContextVar[RequestTiming | None] = ContextVar("request_timing", default=None)


def begin(timing: RequestTiming | None) -> None:
    """What this greenlet does from now on is done for this request. A new greenlet has to be told."""
    _CURRENT.set(timing)


def current() -> RequestTiming | None:
    """None outside of requests: in jobs and sockets."""
    return _CURRENT.get()


def waiting_for_a_model() -> AbstractContextManager[None]:
    timing = _CURRENT.get()
    return timing.waiting() if timing else nullcontext()
