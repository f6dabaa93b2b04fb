"""The chunks of the chat completions wire.

What is not quite as it should be costs no answer: in a chunk that does not fit, each part is read by itself, and one
that means nothing is left out.
"""

import re
from contextlib import suppress

import msgspec

from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.llm.lenient import fitting, object_in

Place = int | str


class ContentPart(msgspec.Struct):
    type: str = "text"
    text: str | None = None


class Delta(msgspec.Struct):
    content: str | list[ContentPart] | None = None
    refusal: str | None = None
    tool_calls: list[JSONObject] | None = None
    reasoning_content: str | None = None
    reasoning: JSONValue = None
    reasoning_details: list[JSONValue] | None = None
    extra_content: JSONValue = None


class Choice(msgspec.Struct):
    index: Place = 0
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None


class Details(msgspec.Struct):
    reasoning_tokens: int | None = None


class Counted(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    completion_tokens_details: Details | None = None


class Chunk(msgspec.Struct):
    """``message`` and ``code`` are those of an error that some servers send as it is."""

    choices: list[Choice] | None = None
    usage: Counted | None = None
    error: object = None
    message: object = None
    code: object = None

    @property
    def fault(self) -> object:
        """What the vendor says went wrong; nothing for a chunk of an answer."""
        if self.error or self.choices is not None or not self.message:
            return self.error
        return {"message": self.message, "code": self.code}


# half of a pair of escapes, as in an emoji that was cut in two
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
_decode = msgspec.json.Decoder(Chunk).decode


def decode(payload: bytes) -> Chunk:
    """Raises ``msgspec.DecodeError``."""
    try:
        return _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decoded_leniently(payload)


def _decoded_leniently(payload: bytes) -> Chunk:
    """A character that came in halves is left out; it would be no text."""
    text = _LONE.sub(b"", payload).decode("utf-8", "ignore")
    with suppress(msgspec.DecodeError):
        return _decode(text)
    return _chunk(object_in(text))


def _chunk(said: JSONObject) -> Chunk:
    found = fitting(Chunk, {name: value for name, value in said.items() if name != "choices"})
    found.choices = [_choice(one) for one in objects_of(said["choices"])] if "choices" in said else None
    return found


def _choice(said: JSONObject) -> Choice:
    return fitting(Choice, {**said, **{name: _tidied(said[name]) for name in ("delta", "message") if said.get(name)}})


def _tidied(delta: JSONValue) -> JSONObject:
    part = as_object(delta)
    called = objects_of(_listed(part.get("tool_calls")))
    given = part.get("content")
    return {**part, "content": given if isinstance(given, str) else _parts(given), "tool_calls": called}


def _parts(given: JSONValue) -> list[JSONValue]:
    """They may be bare texts, and a text may lie one object deeper."""
    parts = [{"text": part} if isinstance(part, str) else as_object(part) for part in _listed(given)]
    return [{**part, "text": as_object(part.get("text")).get("value", part.get("text"))} for part in parts]


def _listed(value: JSONValue) -> list[JSONValue]:
    """One that should be a list is its only item."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
