"""What the coach says in one answer, who hears it, and what care says in it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.care.safety import MODEL, UNHARMED, Cut, CutShort, Safety
from app.core.json import JSONObject
from app.streams.run import Say


@dataclass(frozen=True, slots=True)
class Reply:
    """What the coach said. ``result`` is there when the session is over, and fits the topic's schema.

    ``safety`` is what care found; in a crisis it gave the message.
    """

    message: str
    metadata: JSONObject
    result: JSONObject | None = None
    safety: Safety = UNHARMED


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears the coach: ``admitted`` when a model may be asked, ``say`` the words."""

    say: Say
    admitted: Callable[[], None]


class CareIn:
    """Care in one answer: the fixed text of a crisis, what comes before the coach's words, what is told beside them."""

    def __init__(self, listener: Listener, kind: str) -> None:
        self._listener = listener
        self._speaks = kind != "extraction"
        self._is_heard_live = not kind
        self._safety = UNHARMED
        self._opening = ""

    def told(self, safety: Safety) -> Reply:
        self._safety = safety
        self._listener.admitted()
        self._listener.say(safety.text)
        return Reply(safety.text, {"model": MODEL, "processing_time_ms": 0, "tokens_used": 0})

    def heard(self, safety: Safety) -> None:
        self._safety, self._opening = safety, f"{safety.text}\n\n" if safety.text and self._speaks else ""
        if self._opening:
            self._listener.say(self._opening)

    def cut(self, cut: Cut) -> Reply:
        """What was said stays, and the conversation goes on."""
        if not self._speaks:
            raise CutShort(cut.safety)
        self._safety = cut.safety
        self._listener.say(cut.rest if self._is_heard_live else cut.whole)
        return Reply(cut.whole, {"model": cut.model, "processing_time_ms": 0, "tokens_used": 0})

    def beside(self, reply: Reply) -> Reply:
        metadata = {**reply.metadata, "safety": self._safety.wire()}
        message = f"{self._opening}{reply.message}" if reply.message else ""
        return replace(reply, message=message, metadata=metadata, safety=self._safety)
