"""JSON in and out: quick, strict (no NaN, bounded depth), and kind to a client that sends nonsense."""

import msgspec
from flask.json.provider import JSONProvider

from app.core.errors import BadRequest
from app.core.json import NUL, JSONValue, to_json, without_nul


class StrictJSON(JSONProvider):
    def dumps(self, obj: object, **_: object) -> str:
        return to_json(obj)

    def loads(self, s: str | bytes, **_: object) -> JSONValue:
        try:
            data = s.encode() if isinstance(s, str) else s
            found = msgspec.json.decode(data)
            return without_nul(found) if NUL in data else found
        except RecursionError:
            raise BadRequest("The JSON is nested too deeply") from None
        except (msgspec.DecodeError, UnicodeError):
            raise BadRequest("The body is not valid JSON") from None
