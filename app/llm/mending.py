"""Answers that are nearly right: code mends what it can before a second call is paid, and notes what it did.

What fits is never touched. Nothing is invented, and what could mean two things stays broken.
"""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import jsonschema

from app.core.json import JSONValue
from app.core.shortening import shortened
from app.llm import choices, scalars
from app.llm.conversion import CONVERTERS, Ambiguous, Unmendable
from app.llm.relaxed_schema import RelaxedSchema

TYPES = jsonschema.Draft202012Validator.TYPE_CHECKER
PERCENT = 100
OVERSHOOT = 0.2  # of a scale: a value beyond it is clamped up to there; further out it has another scale


@dataclass(frozen=True, slots=True)
class Mend:
    """What was done, and where: ``suggestions[].title``. No part of an answer."""

    field: str
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an answer something stands.

    ``is_cut`` is an answer whose end is missing: nothing is filled in. ``is_last`` is one that nobody can be asked
    about again: what is ambiguous is left out.
    """

    path: str = ""
    is_cut: bool = False
    is_last: bool = False
    mends: list[Mend] = field(default_factory=list)

    def inside(self, name: str) -> "Place":
        return replace(self, path=f"{self.path}.{name}".lstrip("."))

    def note(self, kind: str) -> None:
        self.mends.append(Mend(self.path or "answer", kind))


Mender = Callable[[Any, RelaxedSchema, Place], Any]


def mended(value: JSONValue, schema: RelaxedSchema, place: Place) -> Any:
    """The value, made to fit. Raises ``Unmendable`` or ``Ambiguous``, and then leaves no note."""
    if schema.fits(value):
        return value
    done = len(place.mends)
    try:
        return _mended(value, schema, place)
    except (Unmendable, Ambiguous) as error:
        del place.mends[done:]
        if place.is_last:
            raise Unmendable from error
        raise


def _mended(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    for keyword in (name for name in MENDERS if name in schema):
        value = MENDERS[keyword](value, schema, place)
    if not schema.fits_itself(value):
        raise Unmendable
    return value


def _any_of(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    for option in schema.get("anyOf") or schema["oneOf"]:
        with suppress(Unmendable):
            return mended(value, option, place)
    raise Unmendable


def _typed(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if any(TYPES.is_type(value, kind) for kind in kinds):
        return value
    for kind in kinds:
        with suppress(Unmendable):
            converted = CONVERTERS[kind](value, schema)
            place.note(f"read_as_{kind}")
            return converted
    raise Unmendable


def _chosen(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if not isinstance(value, str) or value in schema["enum"]:
        return value
    meant = choices.enum_values(value, [choice for choice in schema["enum"] if isinstance(choice, str)])
    if len(meant) != 1:
        raise Ambiguous if meant else Unmendable
    place.note("choice")
    return next(iter(meant))


def _properties(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    """An object without any of the names has nothing that could be completed."""
    if not isinstance(value, dict):
        return value
    known = schema["properties"]
    named = _named(_unwrapped(value, schema, place), schema, place)
    if not named.keys() & known.keys():
        raise Unmendable
    found = {name: item for name, item in named.items() if name not in known}
    for name, wanted in known.items():
        with suppress(Unmendable):
            is_required = name in schema.get("required", ())
            found[name] = _property(named, name, wanted, place, is_required=is_required)
    return found


def _property(named: dict[str, Any], name: str, wanted: RelaxedSchema, place: Place, *, is_required: bool) -> Any:
    value, inside = named.get(name), place.inside(name)
    if value is None and not (name in named and wanted.fits(None)):
        return _filled(wanted, inside, may_fill=is_required)
    try:
        return mended(value, wanted, inside)
    except Unmendable:
        if not is_required:
            inside.note("left_out")
        raise


def _filled(schema: RelaxedSchema, place: Place, *, may_fill: bool) -> Any:
    """In place of what is missing. What a cut answer would have said there is not known."""
    if place.is_cut or not may_fill:
        raise Unmendable
    filled = _empty(schema)
    place.note("filled")
    return filled


def _unwrapped(value: dict[str, Any], schema: RelaxedSchema, place: Place) -> dict[str, Any]:
    """What stands under one key more than was wanted."""
    wanted, required = schema["properties"].keys(), set(schema.get("required", ()))
    items = [item[0] if isinstance(item, list) and len(item) == 1 else item for item in value.values()]
    inner = [item for item in items if isinstance(item, dict) and item.keys() & wanted]
    is_alone = len(value) == 1 and inner and required and required <= inner[0].keys()
    if len(inner) != 1 or (value.keys() & wanted and not is_alone):
        return value
    place.note("unwrapped")
    return inner[0]


def _named(value: dict[str, Any], schema: RelaxedSchema, place: Place) -> dict[str, Any]:
    """With the names that the schema has, and without others where it allows none."""
    known, is_closed = schema["properties"], schema.get("additionalProperties", True) is False
    missing = known.keys() - value.keys()
    meant = {given: choices.property_name(given, missing) for given in value.keys() - known.keys()}
    names = {given: name for given, name in meant.items() if name and list(meant.values()).count(name) == 1}
    for name in names.values():
        place.inside(name).note("renamed")
    if is_closed and meant.keys() - names.keys():
        place.note("surplus_property")
    kept = {given: item for given, item in value.items() if given in known or given in names or not is_closed}
    return {names.get(given, given): item for given, item in kept.items()}


def _empty(schema: RelaxedSchema) -> Any:
    """What says nothing: a default, null, no items, no text, or an object of such. Raises ``Unmendable``."""
    if "default" in schema:
        return schema["default"]
    options: list[Any] = [None, [], ""]
    if schema.get("type") == "object" and schema.get("required"):
        options += [{name: _empty(schema["properties"][name]) for name in schema["required"]}]
    for option in options:
        if schema.fits(option):
            return option
    raise Unmendable


def _items(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if not isinstance(value, list):
        return value
    inside, kept = replace(place, path=f"{place.path}[]"), []
    for item in _flat(value, schema["items"]):
        try:
            kept.append(mended(item, schema["items"], inside))
        except Unmendable:
            inside.note("left_out")
    if value and not kept:
        raise Unmendable
    return kept


def _flat(items: list[Any], schema: RelaxedSchema) -> list[Any]:
    """Without lists in the list where none belong."""
    is_nested = bool(items) and all(isinstance(item, list) for item in items) and schema.get("type") != "array"
    return [item for inner in items for item in inner] if is_nested else items


def _unique(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if not (isinstance(value, list) and schema["uniqueItems"]):
        return value
    place.note("repeated")
    return [item for at, item in enumerate(value) if item not in value[:at]]


def _fewer(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if not isinstance(value, list) or len(value) <= schema["maxItems"]:
        return value
    place.note("surplus_items")
    return value[: schema["maxItems"]]


def _shorter(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if not isinstance(value, str) or len(value) <= schema["maxLength"]:
        return value
    kept = shortened(value, schema["maxLength"], schema.get("minLength", 1))
    if not kept:
        raise Unmendable
    place.note("shortened")
    return kept


def _formatted(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    if schema["format"] != "date" or not isinstance(value, str):
        return value
    day = scalars.day_in(value)
    if day is None:
        raise Ambiguous
    place.note("day")
    return day


def _clamped(value: Any, schema: RelaxedSchema, place: Place) -> Any:
    """Scores only: a count beyond its bounds is another fact, and 85 of 10 has another scale."""
    least, most = schema.get("minimum", 0), schema.get("maximum", math.inf)
    if isinstance(value, str | bool) or not isinstance(value, int | float) or most > PERCENT or least <= value <= most:
        return value
    slack = (most - least) * OVERSHOOT
    if not least - slack <= value <= most + (most if most == PERCENT else slack):
        raise Ambiguous
    place.note("clamped")
    return min(max(value, least), most)


# by JSON Schema's keywords, in the order in which they are looked at
MENDERS: dict[str, Mender] = {
    "anyOf": _any_of, "oneOf": _any_of, "type": _typed, "enum": _chosen, "properties": _properties, "items": _items,
    "uniqueItems": _unique, "maxItems": _fewer, "maxLength": _shorter, "format": _formatted, "maximum": _clamped,
}  # fmt: skip
