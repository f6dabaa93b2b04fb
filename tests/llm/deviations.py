"""Small deviations from a valid answer, as models make them: what is said instead, and what has to come of it."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from random import Random
from typing import Any

Path = tuple[str | int, ...]
Holds = Callable[[Any], bool]
ABSENT: Any = object()


@dataclass(frozen=True)
class Target:
    """A value of the answer, its schema, and whether it may be left out."""

    path: Path
    schema: dict[str, Any]
    value: Any
    optional: bool = False


@dataclass(frozen=True)
class Deviation:
    """``value`` stands in place of the target's; ``holds`` is true of what may come of it, None of the same as before.

    A ``key`` renames the property, an ``extra`` one stands beside it.
    """

    value: Any = ABSENT
    holds: Holds | None = None
    key: str = ""
    extra: str = ""


Make = Callable[[Random, Target], Deviation | None]


def targets(value: Any, schema: dict[str, Any], path: Path = (), *, optional: bool = False) -> Iterator[Target]:
    schema = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    yield Target(path, schema, value, optional)
    if isinstance(value, dict):
        for name, item in value.items():
            may_go = name not in schema["required"]
            yield from targets(item, schema["properties"][name], (*path, name), optional=may_go)
    for at, item in enumerate(value if isinstance(value, list) else ()):
        yield from targets(item, schema["items"], (*path, at))


def of_kind(*kinds: str) -> Callable[[Make], Make]:
    """Only for targets of these types."""

    def limited(make: Make) -> Make:
        @wraps(make)
        def of_these(chance: Random, target: Target) -> Deviation | None:
            return make(chance, target) if kind_of(target.schema) in kinds else None

        return of_these

    return limited


def kind_of(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "enum"
    kind = schema.get("type", "")
    return kind[0] if isinstance(kind, list) else str(kind)


@of_kind("string")
def long_text(chance: Random, target: Target) -> Deviation | None:
    most = target.schema.get("maxLength")
    if not most or "format" in target.schema:
        return None
    said = target.value
    while len(said) <= most:
        said += chance.choice([" It goes on and on.", " And then, as we said before, more of it", " So what?"])
    return Deviation(said, lambda found: 0 < len(found) <= most and said.startswith(found.rstrip("…").rstrip()))


@of_kind("array")
def surplus_items(chance: Random, target: Target) -> Deviation | None:
    if not target.value or "maxItems" not in target.schema:
        return None
    most = target.schema["maxItems"]
    said = [copy.deepcopy(target.value[at % len(target.value)]) for at in range(most + chance.randint(1, 3))]
    return Deviation(said, lambda found: found == said[:most])


@of_kind("array")
def too_few_items(chance: Random, target: Target) -> Deviation | None:
    least = target.schema.get("minItems", 0)
    if least < 2 or least == target.schema.get("maxItems"):
        return None
    said = target.value[: chance.randint(1, least - 1)]
    return Deviation(said, lambda found: found == said)


@of_kind("array")
def broken_item(chance: Random, target: Target) -> Deviation | None:
    """An id with too many characters, a null: dropped, as long as something is left."""
    exact = target.schema.get("minItems") == target.schema.get("maxItems")
    if not target.value or exact or len(target.value) >= target.schema.get("maxItems", 1_000):
        return None
    kept = target.value
    return Deviation(
        [*kept, chance.choice([None, [], {}, f"https://example.org/{'x' * 5000}"])], lambda found: found == kept
    )


@of_kind("integer", "number")
def number_in_text(chance: Random, target: Target) -> Deviation | None:
    value, most = target.value, target.schema.get("maximum")
    forms = [f"{value}", f" {value} ", f"~{value}"]
    if most == 100:
        forms += [f"{value}%", f"{value}/100", f"{value} %", f"{value} out of 100", f"{value} points"]
    if most in (1, 10):
        forms += [f"{value}/{most}"]
    if value >= 1000:
        forms += [f"{value:,}", f"${value:,}"]
    return Deviation(chance.choice(forms))


@of_kind("integer", "number")
def score_beyond_its_scale(chance: Random, target: Target) -> Deviation | None:
    most = target.schema.get("maximum")
    if most not in (1, 10, 100) or target.schema.get("minimum") != 0:
        return None
    if chance.random() < 0.3:
        return Deviation(-round(most * 0.05) or -0.05, lambda found: found == 0)
    return Deviation(most * chance.choice([1.01, 1.1, 1.2]), lambda found: found == most)


@of_kind("integer")
def fraction_for_a_whole(chance: Random, target: Target) -> Deviation | None:
    return Deviation(target.value + chance.choice([0.2, 0.4])) if target.value >= 1 else None


@of_kind("enum")
def enum_spelled_otherwise(chance: Random, target: Target) -> Deviation | None:
    value = target.value
    spellings = [value.upper(), value.title(), value.replace("_", " "), f" {value} ", value.replace("-", "")]
    return Deviation(
        chance.choice([*spellings, f"{value}.", f"{value} level", f"“{value}”", f"{value}s", f"{value} (!)"])
    )


@of_kind("boolean")
def truth_in_text(chance: Random, target: Target) -> Deviation | None:
    return Deviation(chance.choice(["true", "True", "yes", 1] if target.value else ["false", "False", "No", 0]))


@of_kind("string", "object", "array", "integer", "number", "enum", "boolean")
def missing_optional(chance: Random, target: Target) -> Deviation | None:
    return Deviation(chance.choice([ABSENT, None]), lambda found: found in (ABSENT, None)) if target.optional else None


@of_kind("array")
def missing_list(chance: Random, target: Target) -> Deviation | None:
    if target.optional or target.schema.get("minItems"):
        return None
    return Deviation(chance.choice([ABSENT, None]), lambda found: found == [])


@of_kind("string")
def missing_text(chance: Random, target: Target) -> Deviation | None:
    if target.optional or target.schema.get("minLength", 1) or isinstance(target.path[-1], int):
        return None
    return Deviation(chance.choice([ABSENT, None]), lambda found: found in ("", None))


@of_kind("array")
def only_item_without_list(chance: Random, target: Target) -> Deviation | None:
    exact = target.schema.get("minItems") == target.schema.get("maxItems")
    if not target.value or exact or (target.schema["items"].get("maxLength", 0) < 200 and len(target.value) > 1):
        return None
    said = target.value[0]
    return Deviation(said, lambda found: found == [said])


@of_kind("array")
def list_in_text(chance: Random, target: Target) -> Deviation | None:
    if not target.value:
        return None
    if all(isinstance(item, str) and "\n" not in item for item in target.value) and chance.random() < 0.5:
        return Deviation("\n".join(f"- {item}" for item in target.value))
    return Deviation(json.dumps(target.value))


@of_kind("array")
def list_in_an_object(chance: Random, target: Target) -> Deviation | None:
    return Deviation({chance.choice(["items", "list", "values"]): target.value}) if target.value else None


@of_kind("object")
def object_in_text(chance: Random, target: Target) -> Deviation | None:
    if not target.path:
        return None
    return Deviation(json.dumps(target.value))


@of_kind("object")
def object_in_a_list(chance: Random, target: Target) -> Deviation | None:
    return Deviation([target.value])


@of_kind("object")
def object_in_an_object(chance: Random, target: Target) -> Deviation | None:
    return Deviation({chance.choice(["answer", "result", "response", "output"]): target.value})


@of_kind("object", "string", "array", "integer", "number", "enum", "boolean")
def surplus_property(chance: Random, target: Target) -> Deviation | None:
    if not target.path or isinstance(target.path[-1], int):
        return None
    return Deviation(target.value, extra=chance.choice(["notes", "explanation_of_method", "zweck", "0"]))


@of_kind("object", "string", "array", "integer", "number", "enum", "boolean")
def name_spelled_otherwise(chance: Random, target: Target) -> Deviation | None:
    name = target.path[-1] if target.path else 0
    if not isinstance(name, str) or len(name) < 4:
        return None
    snake = "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
    words = snake.split("_")
    slip = chance.randrange(1, len(name) - 1)
    spellings = [
        snake, words[0] + "".join(map(str.title, words[1:])), " ".join(map(str.title, words)), "-".join(words),
        name.upper(), name.title(), name[:slip] + name[slip + 1 :], name[:slip] + name[slip] + name[slip:],
        name[:slip] + name[slip + 1] + name[slip] + name[slip + 2 :],
    ]  # fmt: skip
    return Deviation(target.value, key=chance.choice([one for one in spellings if one != name] or [name.upper()]))


@of_kind("string")
def text_in_another_type(chance: Random, target: Target) -> Deviation | None:
    if "format" in target.schema:
        return None
    return Deviation(chance.choice([[target.value], {"text": target.value}, {"value": target.value}]))


@of_kind("string")
def day_written_otherwise(chance: Random, target: Target) -> Deviation | None:
    if target.schema.get("format") != "date":
        return None
    year, month, day = map(int, target.value.split("-"))
    return Deviation(chance.choice([f"{year}/{month}/{day}", f"{target.value}T09:00:00Z", f"{year}-{month}-{day}"]))


KINDS: tuple[Make, ...] = (
    long_text, surplus_items, too_few_items, broken_item, number_in_text, score_beyond_its_scale, fraction_for_a_whole,
    enum_spelled_otherwise, truth_in_text, missing_optional, missing_list, missing_text, only_item_without_list,
    list_in_text, list_in_an_object, object_in_text, object_in_a_list, object_in_an_object, surplus_property,
    name_spelled_otherwise, text_in_another_type, day_written_otherwise,
)  # fmt: skip
