"""The arguments of a tool call, which models write as they write all JSON."""

from contextlib import suppress

import msgspec

from app.core.json import JSONObject, JSONValue
from app.llm.reading import values_in

_decode = msgspec.json.Decoder(dict[str, JSONValue]).decode


def is_whole(text: str) -> bool:
    try:
        _decode(text)
    except msgspec.DecodeError:
        return False
    return True


def arguments_in(text: str) -> JSONObject | None:
    """Mended where it is plain what is meant; None for what can't be read."""
    if text.strip() in ("", "null"):
        return {}
    with suppress(msgspec.DecodeError):
        return _decode(text)
    found = values_in(text)
    if len(found) == 1 and isinstance(found[0], str):  # JSON within JSON
        found = values_in(found[0])
    value = found[0] if len(found) == 1 else None
    return value if isinstance(value, dict) else None
