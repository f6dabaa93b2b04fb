"""JSON in and out: quick, strict (no NaN, bounded depth), and kind to a client that sends nonsense."""

from typing import Any

import msgspec
from flask.json.provider import JSONProvider

from app.errors import BadRequest


class StrictJSON(JSONProvider):
    """Flask's JSON through msgspec."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return msgspec.json.encode(obj).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        try:
            return msgspec.json.decode(s)
        except RecursionError:
            raise BadRequest("The JSON is nested too deeply") from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise BadRequest("The body is not valid JSON") from None
