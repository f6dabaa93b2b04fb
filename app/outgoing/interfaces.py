"""What is asked for, what comes back, and how it fails. One text for all refusals: ports can't be told apart."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.core.errors import AppError, Unprocessable
from app.core.json import JSONObject

Resolve = Callable[[str], Sequence[str]]  # a host name's addresses; ``OSError`` when it has none


class FetchRefused(Unprocessable):
    """Nothing was sent: the URL, its address or the hop after it is not one that may be asked."""

    code, text = "ADDRESS_REFUSED", "This address can't be scanned"


class Unresolved(FetchRefused):
    """The name has no address now. Clients see no difference: it would tell which internal names exist."""


class FetchFailed(AppError):
    code, status, text = "WEBSITE_UNREACHABLE", 502, "The website could not be read"


class FetchTimedOut(FetchFailed):
    status = 504


class DeliveryFailed(AppError):
    """``retryable`` when the receiver may take the same delivery later."""

    code, status, text = "DELIVERY_FAILED", 502, "The delivery was not accepted"

    def __init__(self, text: str | None = None, *, retryable: bool) -> None:
        super().__init__(text)
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Page:
    """``url`` is the one that answered; ``content_type`` is bare and lower-case, ``charset`` as the header names it."""

    url: str
    status: int
    content_type: str
    charset: str
    body: bytes

    @property
    def found(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says. ``links`` are ``{url, text}``: absolute, without fragments, each address once."""

    url: str
    title: str = ""
    description: str = ""
    text: str = ""
    open_graph: dict[str, str] = field(default_factory=dict)
    structured: list[JSONObject] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)


class Deadline:
    """One end for everything that a request does, in monotonic seconds."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def left(self) -> float:
        """Seconds, never 0: raises ``TimeoutError`` instead."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left
