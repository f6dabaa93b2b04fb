"""Which answers are good enough, where a JSON Schema asks for more."""

import math
from functools import cached_property
from typing import Any

import jsonschema

from app.llm.interfaces import JSONSchema

FORMATS = jsonschema.FormatChecker(["date"])


def validator(schema: JSONSchema) -> Any:
    return jsonschema.Draft202012Validator(schema, format_checker=FORMATS)


class RelaxedSchema(dict[str, Any]):
    """An inlined schema of which one item is enough, unless it counts exactly, and half of a least length."""

    def __init__(self, schema: JSONSchema) -> None:
        super().__init__({key: _relaxed(value) for key, value in schema.items()})
        least = schema.get("minItems")
        if isinstance(least, int) and least != schema.get("maxItems"):
            self["minItems"] = min(least, 1)
        if isinstance(schema.get("minLength"), int):
            self["minLength"] = math.ceil(schema["minLength"] / 2)

    def fits(self, value: object) -> bool:
        return bool(self._whole.is_valid(value))

    def fits_itself(self, value: object) -> bool:
        """Without a look at what properties and items are."""
        return bool(self._shallow.is_valid(value))

    @cached_property
    def _whole(self) -> Any:
        return validator(self)

    @cached_property
    def _shallow(self) -> Any:
        own = {key: value for key, value in self.items() if key not in {"properties", "items", "anyOf", "oneOf"}}
        names = {"properties": dict.fromkeys(self["properties"], True)} if "properties" in self else {}
        return validator(own | names)


def _relaxed(part: Any) -> Any:
    if isinstance(part, list):
        return [_relaxed(item) for item in part]
    return RelaxedSchema(part) if isinstance(part, dict) else part
