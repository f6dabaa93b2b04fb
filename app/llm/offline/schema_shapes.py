"""JSON Schemas taken apart: references followed, branches chosen, everything that holds at one place in one dict."""

import math
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from app.llm.offline.words import table

Schema = dict[str, Any]
MOST_VARIANTS = 16
NEVER = 999.0
BRANCHES = ("anyOf", "oneOf")
# A value built from the merged parts may still break one of these, so it is checked.
SUBTLE = table("""oneOf not if dependentSchemas contains propertyNames patternProperties patterns unevaluatedProperties
    unevaluatedItems""")
HIGHEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
LOWEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
TYPE_OF = (
    (
        "object",
        ("properties", "required", "additionalProperties", "minProperties", "patternProperties", "propertyNames"),
    ),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)


class Shapes:
    def __init__(self, root: Schema) -> None:
        self.root = root
        self.validator = Draft202012Validator(root)

    def accepts(self, value: Any, schema: Schema) -> bool:
        try:
            return bool(self.validator.evolve(schema=schema).is_valid(value))
        except (SchemaError, ValidationError):
            return False

    def target(self, ref: str) -> Any:
        """What a reference inside this document points at; anything goes where it points nowhere."""
        if not ref.startswith("#/"):
            return self.root if ref == "#" else self.anchored(ref)
        place: Any = self.root
        for part in ref[2:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            place = place[int(key)] if isinstance(place, list) and key.isdigit() else child(place, key)
        return place

    def anchored(self, ref: str) -> Any:
        known = child(self.root, "$defs") if "$defs" in self.root else {}
        name = ref.lstrip("#")
        return next((s for s in known.values() if isinstance(s, dict) and name in (s.get("$anchor"), s.get("$id"))), {})

    def variants(self, schema: Any, terse: bool = False) -> Iterator[Schema]:
        """The ways to satisfy a schema, the likeliest first; each is flat, without references and branches."""
        return islice(self.expanded(schema, terse, ()), MOST_VARIANTS)

    def expanded(self, schema: Any, terse: bool, seen: tuple[str, ...]) -> Iterator[Schema]:
        flat = self.followed(schema, seen)
        choices = [self.ordered(flat.pop(name), terse) for name in BRANCHES if name in flat]
        conditions = self.conditions(flat)
        for picked in product(conditions, *choices):
            whole = flat
            for part in picked:
                whole = merged(whole, self.followed(part, seen))
            yield from self.expanded(whole, terse, seen) if any(b in whole for b in BRANCHES) else (whole,)

    def followed(self, schema: Any, seen: tuple[str, ...]) -> Schema:
        """The schema with its references and ``allOf`` parts merged in."""
        if not isinstance(schema, dict):
            return {} if schema else {"not": {}}
        flat = {key: value for key, value in schema.items() if key not in ("$ref", "$dynamicRef", "allOf")}
        ref = schema.get("$ref") or schema.get("$dynamicRef")
        if ref and ref not in seen:
            flat = merged(flat, self.followed(self.target(ref), (*seen, ref)))
        depending = [
            part for name, part in schema.get("dependentSchemas", {}).items() if name in flat.get("properties", {})
        ]
        for part in [*schema.get("allOf", ()), *depending]:
            flat = merged(flat, self.followed(part, seen))
        return flat

    def conditions(self, flat: Schema) -> list[Any]:
        """``if`` met and answered by ``then``, or left aside for ``else``."""
        if "if" not in flat:
            return [{}]
        condition, then, other = flat.pop("if"), flat.pop("then", {}), flat.pop("else", {})
        return [{"allOf": [condition, then]}, other]

    def ordered(self, branches: list[Any], terse: bool) -> list[Any]:
        """Null last; where room is short, what needs least of it first."""
        if terse:
            return sorted(branches, key=self.height)
        return sorted(branches, key=lambda branch: isinstance(branch, dict) and branch.get("type") == "null")

    def height(self, schema: Any, seen: tuple[str, ...] = ()) -> float:
        """How deep the smallest value of a schema is; ``NEVER`` when it only ever leads back to itself."""
        if not isinstance(schema, dict):
            return 0.0
        ref = schema.get("$ref", "")
        parts = [self.referred(ref, seen)] if ref else []
        inner = (*seen, ref) if ref else seen
        for name in BRANCHES:
            parts += [min(self.height(branch, inner) for branch in schema[name])] if schema.get(name) else []
        parts += [self.height(part, inner) for part in schema.get("allOf", ())]
        parts += [1 + self.height(child(schema.get("properties"), name), inner) for name in schema.get("required", ())]
        parts += [1 + self.height(schema["items"], inner)] if schema.get("minItems") and "items" in schema else []
        return min(NEVER, max(parts, default=0.0))

    def referred(self, ref: str, seen: tuple[str, ...]) -> float:
        return NEVER if ref in seen else self.height(self.target(ref), (*seen, ref))


def child(place: Any, key: str) -> Any:
    return place.get(key, {}) if isinstance(place, dict) else {}


def subtle(schema: Any) -> bool:
    return isinstance(schema, dict) and (not SUBTLE.isdisjoint(schema) or any(map(subtle, schema.get("allOf", ()))))


def merged(one: Schema, two: Schema) -> Schema:
    """Both at once."""
    whole = dict(one)
    for key, value in two.items():
        whole[key] = joined(key, whole[key], value) if key in whole else value
    if "pattern" in one and "pattern" in two and one["pattern"] != two["pattern"]:
        whole["patterns"] = [*one.get("patterns", ()), two["pattern"]]
    return whole


def joined(key: str, one: Any, two: Any) -> Any:
    if key in HIGHEST:
        return max(one, two)
    if key in LOWEST:
        return min(one, two)
    if key in ("properties", "patternProperties", "$defs", "dependentRequired", "dependentSchemas"):
        return {name: both(one.get(name), two.get(name)) for name in {**one, **two}}
    if key == "multipleOf" and isinstance(one, int) and isinstance(two, int):
        return math.lcm(one, two)
    return other(key, one, two)


def other(key: str, one: Any, two: Any) -> Any:
    if key == "required":
        return list(dict.fromkeys([*one, *two]))
    if key == "type":
        return common_types(as_list(one), as_list(two))
    if key == "enum":
        return [value for value in one if value in two]
    if key == "not":
        return {"anyOf": [one, two]}
    if key in ("items", "additionalProperties", "propertyNames", "contains"):
        return both(one, two)
    return one


def both(one: Any, two: Any) -> Any:
    if one is None or two is None:
        return two if one is None else one
    if one is True or two is True or one == two:
        return two if one is True else one
    return False if one is False or two is False else {"allOf": [one, two]}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def common_types(one: list[str], two: list[str]) -> list[str]:
    narrow = [t for t in one if t in two or (t == "integer" and "number" in two)]
    return narrow + ["integer"] * ("number" in one and "integer" in two and "integer" not in narrow)


def type_of(schema: Schema) -> str:
    """The type to build: the first that isn't null, else what the other keywords hint at."""
    named = [name for name in as_list(schema["type"]) if name != "null"] if "type" in schema else []
    if named:
        return str(named[0])
    if "type" in schema:
        return "null"
    return next((name for name, keys in TYPE_OF if any(key in schema for key in keys)), "string")
