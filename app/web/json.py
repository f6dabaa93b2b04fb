"""JSON in and out: quick, strict (no NaN, bounded depth), and kind to a client that sends nonsense."""

from typing import Any

import msgspec
from flask.json.provider import JSONProvider

from app.core.errors import BadRequest

NUL = b"\\u0000"  # as JSON writes it; a bare one is not JSON


class StrictJSON(JSONProvider):
    """Flask's JSON through msgspec."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return msgspec.json.encode(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        try:
            data = s.encode() if isinstance(s, str) else s
            found = msgspec.json.decode(data)
            return without_nul(found) if NUL in data else found
        except RecursionError:
            raise BadRequest("The JSON is nested too deeply") from None
        except (msgspec.DecodeError, UnicodeError):
            raise BadRequest("The body is not valid JSON") from None


def without_nul(value: Any) -> Any:
    """PostgreSQL can't hold the character, in a key or in a text however deep."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    return value
