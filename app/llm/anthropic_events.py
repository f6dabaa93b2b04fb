"""The events of the messages wire, read also where they are not quite as they should be."""

import msgspec

from app.core.json import JSONValue
from app.llm.lenient import fitting, object_in


class Part(msgspec.Struct):
    text: str | None = None
    partial_json: str | None = None
    thinking: str | None = None
    signature: str | None = None
    stop_reason: str | None = None


class Tokens(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None


class Opened(msgspec.Struct):
    usage: Tokens | None = None


class Event(msgspec.Struct):
    type: str = ""
    index: int = 0
    delta: Part | None = None
    content_block: dict[str, JSONValue] | None = None
    message: Opened | None = None
    usage: Tokens | None = None
    error: object = None


_decode = msgspec.json.Decoder(Event).decode


def decode(payload: bytes) -> Event:
    """Raises ``msgspec.DecodeError``."""
    try:
        return _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return fitting(Event, object_in(payload.decode("utf-8", "ignore")))
