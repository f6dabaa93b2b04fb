"""What the double does with one model request. Sent as JSON; every field has a default."""

import json
from dataclasses import dataclass, field
from typing import Any

WORDS = ["You ", "have ", "taken ", "a ", "first ", "step."]


@dataclass(slots=True)
class Behaviour:
    """Times are in seconds. Positions (``hold``, ``cut``, ``junk``, ``error_after``) count text deltas already sent."""

    text: str | list[str] = field(default_factory=lambda: list(WORDS))
    deltas: int = 0  # split ``text`` into that many
    json: Any = None  # the answer is this value, as JSON text
    tool_calls: list[dict[str, Any]] = field(default_factory=list)  # {"id", "name", "arguments"}
    first: float = 0.0  # before the first event
    gap: float = 0.0  # between two deltas
    hold: int | None = None  # the rest comes when the test releases it
    usage: list[int] | None = field(default_factory=lambda: [12, 7])  # prompt and answer; None sends none
    finish: str = "stop"  # stop, length, filtered
    status: int = 200
    retry_after: str = ""
    code: str = ""  # the vendor's error code in a body with an error status
    body: Any = None  # that body, instead of the usual one
    refuses: list[str] = field(default_factory=list)  # fields of a request that are answered with 400
    chunks: list[dict[str, Any]] = field(default_factory=list)  # deltas of chat completions, sent as they are
    raw: str = ""  # the body as it is, whatever was asked
    mime: str = "text/event-stream"  # what that body is said to be
    zipped: bool = False
    whole: bool = False  # the answer in one piece, though a stream was asked for
    cut: int | None = None  # close the socket
    truncated: bool = False  # end the body properly, but without the vendor's end of stream
    error: str = ""  # the type of an error event inside the stream
    error_after: int = 0
    junk: int | None = None  # send data that is not JSON
    silence: str = ""  # "all": not even a status line; "headers": those and no more
    loris: float = 0.0  # one byte of the first event every so many seconds
    comments: bool = False  # SSE comments and blank events between the deltas
    queued: int = 0  # comments before the first delta
    framing: str = "chunked"  # or "close": the body ends with the connection; "length": Content-Length
    encoded: dict[tuple[str, str], list[bytes]] = field(default_factory=dict, repr=False)

    def parts(self) -> list[str]:
        if self.json is not None:
            return split(json.dumps(self.json), self.deltas or 3)
        if isinstance(self.text, str):
            return split(self.text, self.deltas or 1)
        return self.text


def arguments(call: dict[str, Any]) -> str:
    """As they travel; a string is sent as it is, broken or not."""
    given = call["arguments"]
    return given if isinstance(given, str) else json.dumps(given)


def split(text: str, count: int) -> list[str]:
    size = max(1, -(-len(text) // count))
    return [text[at : at + size] for at in range(0, len(text), size)]
