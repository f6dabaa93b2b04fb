"""The chunks of the chat completions wire.

What is not quite as it should be costs no answer: in a chunk that does not fit, each part is read by itself, and one
that means nothing is left out.
"""

import json
import re
from contextlib import suppress
from typing import TypeVar

import msgspec

from app.core.json import JSONObject, JSONValue, as_object, objects_of

T = TypeVar("T")
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
    """A character that came in halves is left out; it would be no text. Raises ``msgspec.DecodeError``."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        return _decode(payload)
    text = _LONE.sub(b"", payload).decode("utf-8", "ignore")
    with suppress(msgspec.DecodeError):
        return _decode(text)
    return _chunk(_object_in(text))


def _object_in(text: str) -> JSONObject:
    """NaN, which is no JSON, is nothing; errors may come in a list."""
    try:
        found = json.loads(text, strict=False, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise msgspec.DecodeError("no JSON") from None
    found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict):
        raise msgspec.DecodeError("no object")
    return found


def _chunk(said: JSONObject) -> Chunk:
    choices = [_choice(one) for one in objects_of(said.get("choices"))] if "choices" in said else None
    usage = _counted(as_object(said.get("usage"))) if said.get("usage") else None
    return Chunk(choices, usage, said.get("error"), said.get("message"), said.get("code"))


def _choice(said: JSONObject) -> Choice:
    delta, message = (_delta(said[name]) if said.get(name) else None for name in ("delta", "message"))
    return Choice(_as(Place, said.get("index"), 0), delta, message, _as(str | None, said.get("finish_reason"), None))


def _delta(said: JSONValue) -> Delta:
    part, texts = as_object(said), ("refusal", "reasoning_content")
    given = part.get("content")
    refusal, thought = (_as(str | None, part.get(name), None) for name in texts)
    return Delta(
        given if isinstance(given, str) else _content(given), refusal, objects_of(_listed(part.get("tool_calls"))),
        thought, part.get("reasoning"), list(_listed(part.get("reasoning_details"))), part.get("extra_content"),
    )  # fmt: skip


def _content(given: JSONValue) -> list[ContentPart]:
    """Parts may be bare texts, and a text may lie one object deeper."""
    parts = [{"text": part} if isinstance(part, str) else as_object(part) for part in _listed(given)]
    texts = [as_object(part.get("text")).get("value", part.get("text")) for part in parts]
    kinds = [_as(str, part.get("type", "text"), "other") for part in parts]
    return [ContentPart(kind, _as(str | None, text, None)) for kind, text in zip(kinds, texts, strict=True)]


def _counted(said: JSONObject) -> Counted:
    sent, received = (_as(int | None, said.get(name), None) for name in ("prompt_tokens", "completion_tokens"))
    details = as_object(said.get("completion_tokens_details"))
    return Counted(sent, received, Details(_as(int | None, details.get("reasoning_tokens"), None)))


def _listed(value: JSONValue) -> list[JSONValue]:
    """One that should be a list is its only item."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _as(kind: type[T] | object, value: JSONValue, default: T) -> T:
    try:
        found: T = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return default
    return found
