"""Fills a JSON Schema (2020-12) with values drawn from the prompt's own data."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.llm.offline.choices import chosen, decided
from app.llm.offline.material import Material
from app.llm.offline.patterns import found
from app.llm.offline.reading import Document, Reading, singular
from app.llm.offline.schema_numbers import numeric
from app.llm.offline.schema_shapes import Schema, Shapes, both, subtle, type_of
from app.llm.offline.schema_text import Prose
from app.llm.offline.slots import Slot

USUAL_ITEMS = 3
MOST_PLACES = 400  # values in one answer; beyond, only the needful is written
TRIES = 24
TYPES = ("string", "integer", "boolean", "object", "array", "null")


def filled(schema: Schema, reading: Reading, seed: int = 0, terse: bool = False, focus: str = "") -> Any:
    """A value that satisfies the schema. ``focus`` is what the person asked about, for a tool's search words."""
    return Filler(schema, Material(reading, seed), focus).value(schema, Slot(terse=terse))


def answer(schema: Schema, reading: Reading, seed: int, room: int) -> str:
    """The value as JSON; with short texts and short lists when the long form would not fit in ``room`` characters."""
    text = json.dumps(filled(schema, reading, seed), ensure_ascii=False)
    return text if len(text) <= room else json.dumps(filled(schema, reading, seed, terse=True), ensure_ascii=False)


class Filler:
    def __init__(self, root: Schema, material: Material, focus: str = "") -> None:
        self.shapes = Shapes(root)
        self.material = material
        self.prose = Prose(material, focus)
        self.places = 0

    def value(self, schema: Any, slot: Slot) -> Any:
        self.places += 1
        slot = slot.through(schema.get("$ref", "")) if isinstance(schema, dict) else slot
        slot = replace(slot, terse=slot.deep or self.places > MOST_PLACES)
        whole = self.shapes.followed(schema, ())
        built: Any = None
        for flat, attempt in self.attempts(whole, slot):
            built = self.built(flat, slot.again(attempt))
            if self.accepted(built, whole, flat):
                break
        return built

    def attempts(self, whole: Schema, slot: Slot) -> Iterator[tuple[Schema, int]]:
        """Each variant once; then again with other values, which helps where something is forbidden."""
        flats = list(self.shapes.variants(whole, slot.terse))
        return (
            (flat, attempt)
            for attempt in range(TRIES)
            for flat in flats
            if not attempt or subtle(flat) or subtle(whole)
        )

    def accepted(self, built: Any, whole: Schema, flat: Schema) -> bool:
        plain = not subtle(whole) and not subtle(flat) and "enum" not in flat
        return plain or self.shapes.accepts(built, whole)

    def built(self, flat: Schema, slot: Slot) -> Any:
        if "const" in flat:
            return flat["const"]
        if "enum" in flat:
            return chosen(
                [v for v in flat["enum"] if self.shapes.accepts(v, without(flat, "enum"))] or flat["enum"],
                slot,
                self.material,
            )
        free = "not" in flat and "type" not in flat
        return self.typed(TYPES[slot.shift % len(TYPES)] if free else type_of(flat), flat, described(flat, slot))

    def typed(self, kind: str, flat: Schema, slot: Slot) -> Any:
        if kind == "object":
            return self.object(flat, slot)
        if kind == "array":
            return self.array(flat, slot)
        if kind in ("integer", "number"):
            return numeric(flat, slot, self.material, kind == "integer")
        if kind == "boolean":
            return decided(flat, slot, self.material)
        return None if kind == "null" else self.prose.string(flat, slot)

    def object(self, flat: Schema, slot: Slot) -> dict[str, Any]:
        names = self.names(flat, slot)
        about = slot.about or self.referred(names)
        kin = frozenset(names)
        return {name: self.property(flat, name, slot, about, kin) for name in names}

    def property(self, flat: Schema, name: str, slot: Slot, about: Document | None, kin: frozenset[str]) -> Any:
        schema = self.schema_of(flat, name)
        hint = schema.get("description", "") if isinstance(schema, dict) else ""
        return self.value(schema, slot.inside(name, hint, about, kin))

    def schema_of(self, flat: Schema, name: str) -> Any:
        """All that the object's keywords ask of one property."""
        known = flat.get("properties", {})
        parts = [known[name]] if name in known else []
        parts += [schema for pattern, schema in flat.get("patternProperties", {}).items() if found(pattern, name)]
        whole: Any = None
        for part in parts or [flat.get("additionalProperties", True)]:
            whole = both(whole, part)
        return whole

    def names(self, flat: Schema, slot: Slot) -> list[str]:
        """The properties to write: all that are known, or the required ones where room is short."""
        required = list(flat.get("required", ()))
        known = [name for name, schema in flat.get("properties", {}).items() if schema is not False]
        wanted = required if slot.terse else [*known, *(name for name in required if name not in known)]
        for name in list(wanted):
            wanted += [other for other in flat.get("dependentRequired", {}).get(name, ()) if other not in wanted]
        optional = [name for name in wanted if name not in required]
        room = max(0, flat.get("maxProperties", len(wanted)) - len(required))
        kept = [name for name in wanted if name in required or name in optional[:room]]
        return kept + self.extra_names(flat, kept, slot)

    def extra_names(self, flat: Schema, kept: list[str], slot: Slot) -> list[str]:
        """Names for an open object: as many as it must have, and a few where it is a table of values."""
        table = isinstance(flat.get("additionalProperties"), dict) and not flat.get("properties") and not slot.terse
        least = max(
            flat.get("minProperties", 0), min(USUAL_ITEMS, flat.get("maxProperties", USUAL_ITEMS)) if table else 0
        )
        spare = [name for name in flat.get("properties", {}) if name not in kept]
        fresh = (name for name in self.key_names(flat) if name not in kept and name not in spare)
        missing = max(0, least - len(kept))
        return [*spare[:missing], *(next(fresh) for _ in range(missing - len(spare[:missing])))]

    def key_names(self, flat: Schema) -> Iterator[str]:
        pattern = next(iter(flat.get("patternProperties", {})), "") if flat.get("additionalProperties") is False else ""
        rule = both(flat.get("propertyNames"), {"type": "string", "pattern": pattern} if pattern else None) or {}
        for word in self.material.themes:
            if not rule or self.shapes.accepts(word, rule):
                yield word
        for index in range(1, 10_000):
            yield str(self.value(rule, Slot(name="key", index=index))) if rule else f"item_{index}"

    def referred(self, names: list[str]) -> Document | None:
        """The document that an object with ids and titles of another kind speaks of."""
        for name in names:
            words = Slot(name=name).words
            about = (
                self.material.about(words[0])
                if words and words[-1] in ("id", "title", "name") and len(words) > 1
                else []
            )
            if about:
                return about[0]
        return None

    def array(self, flat: Schema, slot: Slot) -> list[Any]:
        heads = [self.value(schema, slot.item(place, None)) for place, schema in enumerate(flat.get("prefixItems", ()))]
        heads = heads[: flat.get("maxItems", len(heads))] if flat.get("minItems", 0) < len(heads) else heads
        return self.more(flat, slot, heads + self.contained(flat, slot))

    def contained(self, flat: Schema, slot: Slot) -> list[Any]:
        if "contains" not in flat:
            return []
        wanted = both(flat["contains"], flat.get("items"))
        return [self.value(wanted, slot.item(place, None)) for place in range(flat.get("minContains", 1))]

    def more(self, flat: Schema, slot: Slot, items: list[Any]) -> list[Any]:
        schema = flat.get("items", True)
        about = self.subjects(schema, slot)
        count = self.count(flat, slot, len(about)) if schema is not False else 0
        for place in range(len(items), count + TRIES):
            if len(items) >= count:
                break
            turned_down = place - len(items)
            item = self.value(schema, slot.item(place, about[place % len(about)] if about else None, turned_down))
            if item not in items or not self.picky(flat, len(items)):
                items.append(item)
        return items

    def picky(self, flat: Schema, have: int) -> bool:
        """Whether an item that is there already may not come again; a list never repeats itself without need."""
        return bool(flat.get("uniqueItems")) or have >= flat.get("minItems", 0)

    def count(self, flat: Schema, slot: Slot, subjects: int) -> int:
        low = flat.get("minItems", 0)
        again = slot.refs.count(slot.refs[-1]) if slot.refs else 0
        usual = 0 if slot.terse else 1 if again > 1 else subjects if 0 < subjects < USUAL_ITEMS else USUAL_ITEMS
        return int(min(max(low, usual), flat.get("maxItems", max(low, usual))))

    def subjects(self, schema: Any, slot: Slot) -> list[Document]:
        """The documents that the items of a list speak of, one each: those whose ids the items ask for."""
        flat = next(self.shapes.variants(schema, slot.terse), {})
        for name in flat.get("properties", {}):
            words = Slot(name=name).words
            kind = words[0] if len(words) > 1 else singular(slot.words[-1]) if slot.words else ""
            if words[-1:] == ("id",) and (about := [d for d in self.material.about(kind) if d.id]):
                return about
        return []


def without(flat: Schema, key: str) -> Schema:
    return {name: value for name, value in flat.items() if name != key}


def described(flat: Schema, slot: Slot) -> Slot:
    hint = " ".join(str(flat[key]) for key in ("title", "description") if key in flat)
    return replace(slot, hint=hint) if hint else slot
