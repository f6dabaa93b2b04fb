"""The chat stream's vocabulary. Every stream is one start, any number of contents, and one end or error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.actions.wire import Shown
from app.chat.admission import PublicMessage
from app.streams import sse
from app.turns.failures import CODE, failure_of

MOST_PROPOSED = 3 * 1024  # bytes; proposals that are larger travel without what they change inside end
EMBEDDED_LIMIT = 12 * 1024  # bytes; a message that is longer travels without its text inside start and end


@dataclass(frozen=True, slots=True)
class Start:
    """The turn has begun; the person's message is stored."""

    sessionId: str
    turnId: str
    userMessage: PublicMessage
    usageInfo: Mapping[str, object]
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class End:
    """The answer is stored. ``cancelled`` when the person stopped it; ``messageId`` is null if nothing was said."""

    messageId: str | None
    assistantMessage: PublicMessage | None
    metadata: Mapping[str, object]
    cancelled: bool = False
    type: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Error:
    """The turn failed. What had been said is stored under ``messageId``, if anything had."""

    message: str
    messageId: str | None
    retryable: bool = True
    code: str = CODE
    type: Literal["error"] = "error"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the coach proposes to do, once the person confirms it."""

    proposal: Shown
    type: Literal["proposal"] = "proposal"


@dataclass(frozen=True, slots=True)
class ProposingEnd(End):
    """The end where actions were asked for, with all that was proposed."""

    proposals: Sequence[Mapping[str, object]] = ()


def failure(text: str | None, answer_id: str | None) -> Error:
    """The last event of a stream that failed, by the text that is stored of it."""
    known = failure_of(text)
    return Error(known.text, answer_id, retryable=known.retryable, code=known.code)


Terminal = End | Error


def in_end(proposals: Sequence[Shown]) -> Sequence[Mapping[str, object]]:
    """Proposals inside the last event; each has had an event of its own."""
    if len(sse.encode(proposals)) < MOST_PROPOSED:
        return proposals
    return [{name: one[name] for name in one if name not in {"before", "after"}} for one in proposals]  # type: ignore[literal-required]


def embedded(message: PublicMessage) -> PublicMessage:
    """A message inside another event, without its text when that would make the event too large."""
    if len(message["content"]) * 6 < EMBEDDED_LIMIT or len(sse.encode(message)) < EMBEDDED_LIMIT:
        return message
    return {name: message[name] for name in message if name != "content"}  # type: ignore[return-value,literal-required]
