"""The products' event streams, under the names that the app's client knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
import msgspec

from app.core.clock import iso, now
from app.streams import sse
from app.turns.failures import TurnFailed

Names = Mapping[str, str]
Event = dict[str, Any]

CHAT: Names = {"start": "session", "content": "chunk", "end": "done"}
INSIGHTS: Names = {"content": "chunk", "end": "done"}
WEEKLY: Names = {}  # they are called so already

END, DATA = b"\n\n", b"data: "
PATIENCE = 5.0  # seconds
BREAK = "\n\n---\n"  # between what was said and why there is no more


def translated(frames: Iterator[bytes], names: Names) -> Iterator[bytes]:
    """Begins when there is more than a first event, or after ``PATIENCE``.

    Raises ``TurnFailed`` for a failure before the first word: the client shows those of requests, and none of streams.
    """
    translation, held = Translation(names), list[bytes]()
    begun = gevent.spawn(_begin, frames, translation, held)
    begun.join(PATIENCE)
    failure = translation.failure
    if failure and not translation.said:
        raise TurnFailed(failure["message"], **_known(translation.opening or {}))
    return _whole(begun, frames, translation, held)


def _begin(frames: Iterator[bytes], translation: "Translation", held: list[bytes]) -> None:
    while translation.is_waiting and (batch := next(frames, None)):
        held.append(translation.batch(batch))


def _whole(
    begun: gevent.Greenlet, frames: Iterator[bytes], translation: "Translation", held: list[bytes]
) -> Iterator[bytes]:
    sent = len(held)
    yield from held[:sent]
    begun.join()
    yield from held[sent:]
    yield from map(translation.batch, frames)


def _known(opening: Event) -> Event:
    return {name: opening[name] for name in ("sessionId", "usageInfo") if name in opening}


@dataclass(slots=True)
class Translation:
    """Of one stream, while it is read. ``said`` is its text so far; ``opening`` is missing when it was resumed."""

    names: Names
    is_waiting: bool = True
    opening: Event | None = None
    failure: Event | None = None
    said: list[str] = field(default_factory=list)

    def batch(self, data: bytes) -> bytes:
        """Whole events and comments, several at once when they piled up."""
        return b"".join(self._block(block) for block in data.split(END) if block)

    def _block(self, block: bytes) -> bytes:
        head, mark, payload = block.partition(DATA)
        if not mark:
            self.is_waiting = False
            return block + END
        event = msgspec.json.decode(payload)
        return self._noted(event) + head + DATA + sse.encode(self._renamed(event)) + END

    def _noted(self, event: Event) -> bytes:
        """Keeps what later events need. The client shows no errors, so that one is said before."""
        kind = event["type"]
        self.is_waiting = self.is_waiting and kind == "start"
        if kind == "start":
            self.opening = event
        if kind in {"content", "chunk"}:
            self.said.append(event["content"])
        if kind != "error":
            return b""
        self.failure = event
        told = (BREAK if self.said else "") + event["message"]
        return DATA + sse.encode({"type": "chunk", "content": told}) + END

    def _renamed(self, event: Event) -> Event:
        """A message that was too long for its event: the client has its own meanwhile, and needs the whole of ours."""
        kind = event["type"]
        if kind == "start" and "content" not in event.get("userMessage", {"content": ""}):
            event["userMessage"] = None
        if "assistantMessage" in event:
            said = "".join(self.said)  # what is told and not stored
            nothing = {"id": event["messageId"] or "", "role": "assistant", "content": said, "timestamp": iso(now())}
            event["assistantMessage"] = self._whole(event["assistantMessage"] or nothing)
        if event.get("insight"):
            event["insight"] = self._whole(event["insight"])
        return event | {"type": self.names.get(kind, kind)}

    def _whole(self, message: Event) -> Event:
        return {"content": "".join(self.said), **message} if self.opening else message
