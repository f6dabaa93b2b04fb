"""The insight streams' vocabulary: one start, any number of contents, one end or error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.core.json import JSONObject
from app.turns.failures import CODE, failure_of


@dataclass(frozen=True, slots=True)
class Start:
    usageInfo: Mapping[str, object]
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class GoalStart:
    goalId: str
    usageInfo: Mapping[str, object]
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class End:
    generated_at: str
    based_on: Mapping[str, object]
    receipts: Sequence[JSONObject] = ()
    type: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class GoalEnd:
    progress_summary: Mapping[str, object]
    receipts: Sequence[JSONObject] = ()
    type: Literal["end"] = "end"


@dataclass(frozen=True, slots=True)
class Error:
    message: str
    retryable: bool = True
    code: str = CODE
    type: Literal["error"] = "error"


def failure(text: str | None) -> Error:
    """The last event of a stream that failed, by the text that is stored of it."""
    known = failure_of(text)
    return Error(known.text, retryable=known.retryable, code=known.code)
