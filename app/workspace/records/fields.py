"""Kinds of field that rows of the workspace have: strict about types, kind to what they don't know."""

from collections.abc import Mapping
from datetime import datetime

from marshmallow import ValidationError, fields

from app.web.schemas import GivenMoment


class Day(GivenMoment):
    """A date or a date and time, kept as it was written."""

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> datetime:
        super()._deserialize(value, attr, data, **kwargs)
        return value  # type: ignore[return-value]


class Open(fields.Field[object]):
    """An object, or a list, or text: whatever of ``kinds`` it is, it is kept."""

    def __init__(self, *kinds: type, allow_none: bool = False) -> None:
        self._kinds = kinds
        super().__init__(allow_none=allow_none, metadata={"type": [TYPES[kind] for kind in kinds]})

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> object:
        if not isinstance(value, self._kinds):
            raise ValidationError(f"must be {' or '.join(NAMES[kind] for kind in self._kinds)}")
        return value


TYPES: dict[type, str] = {dict: "object", list: "array", str: "string"}
NAMES: dict[type, str] = {dict: "an object", list: "an array", str: "a string"}
