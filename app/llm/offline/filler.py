"""JSON for a schema: every value valid, every text from what was given."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from app.llm.offline.choices import Chooser
from app.llm.offline.material import Material
from app.llm.offline.pages import PageWriter
from app.llm.offline.rows import RowWriter
from app.llm.offline.slots import FINAL, Slot, Writer
from app.llm.offline.spoken import SpokenWriter
from app.llm.offline.strings import fitted, in_form
from app.llm.offline.words import parts

Schema = dict[str, Any]
DEEPEST = 24  # of a schema that refers to itself
OFTEN = (4, 3, 1, 0)  # items of a list beyond what it must have, as long as there is no room for more
SHORT = 60  # characters of a text where there is no room
EXTRA = 40  # tries to make an item differ from the others
ROWS = 200


def answer(material: Material, schema: Schema, room: int) -> str:
    """The value as JSON; shorter ones are tried until one fits into ``room`` characters."""
    text = ""
    for often in OFTEN:
        text = msgspec.json.encode(Filler(material, schema, often).value(schema, Slot())).decode()
        if len(text) <= room:
            return text
    return text


def value(material: Material, schema: Schema) -> Any:
    return Filler(material, schema, OFTEN[0]).value(schema, Slot())


def writer_for(material: Material) -> Writer:
    if any(name.startswith("website_") and name != "website_data" for name in material.facts):
        return PageWriter(material)
    if material.spoken and "sections" not in material.facts:
        return SpokenWriter(material)
    return RowWriter(material)


class Filler:
    def __init__(self, material: Material, root: Schema, often: int) -> None:
        self.material, self.root, self.often = material, root, often
        self.writer = writer_for(material)
        self.chooser = Chooser(material, self.writer)
        self.depth = 0

    def value(self, schema: Any, slot: Slot) -> Any:
        if not isinstance(schema, dict):
            return None
        self.depth += 1
        try:
            return self._value(self._resolved(schema), slot)
        finally:
            self.depth -= 1

    def _value(self, schema: Schema, slot: Slot) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.chooser.among(schema["enum"], slot)
        kind = _type(schema)
        if kind == "object":
            return self._object(schema, slot)
        if kind == "array":
            return self._list(schema, slot)
        if kind in ("integer", "number"):
            return self.chooser.number(schema, slot)
        if kind == "boolean":
            return self.chooser.decided(schema, slot)
        return None if kind == "null" else self._text(schema, slot)

    def _resolved(self, schema: Schema) -> Schema:
        """Without references and choices. What has become too deep takes the shortest way out."""
        for _ in range(DEEPEST):
            if "$ref" in schema:
                rest = {key: item for key, item in schema.items() if key != "$ref"}
                schema = _named(self.root, str(schema["$ref"])) | rest
            elif "allOf" in schema:
                schema = _merged(
                    [{k: v for k, v in schema.items() if k != "allOf"}, *map(self._resolved, schema["allOf"])]
                )
            elif options := schema.get("anyOf") or schema.get("oneOf"):
                rest = {key: item for key, item in schema.items() if key not in ("anyOf", "oneOf")}
                schema = _merged([rest, self._option(options)])
            else:
                break
        return schema

    def _option(self, options: list[Schema]) -> Schema:
        real = [option for option in options if option.get("type") != "null"]
        if self.depth > DEEPEST or not real:
            return options[-1] if not real else min(options, key=lambda option: len(str(option)))
        return real[0]

    def _object(self, schema: Schema, slot: Slot) -> Any:
        known: dict[str, Any] = schema.get("properties", {})
        slot = replace(slot, siblings=frozenset(known))
        required = dict.fromkeys([*schema.get("required", ())])
        found: dict[str, Any] = {}
        for name in sorted([*known, *(name for name in required if name not in known)], key=self._late):
            inner = self._resolved(known.get(name, {}))
            place = slot.within(name, beside=found, is_row=slot.is_row and "properties" not in inner)
            if name in required or not self._is_left_out(inner, known.get(name, {}), place, found):
                found[name] = self.value(known.get(name, {}), place)
            if name in required and self._is_open(known.get(name, {}), slot, known):
                found[name] = None
        for number in range(schema.get("minProperties", 0) - len(found)):
            extra = schema.get("additionalProperties", {})
            found[f"more_{number + 1}"] = self.value(extra if isinstance(extra, dict) else {}, slot)
        return {name: found[name] for name in (*known, *found) if name in found}

    def _late(self, name: str) -> int:
        """What follows from other values comes after them; whether all is over before them."""
        words = parts(name)
        if FINAL & set(words):
            return -1
        return (
            2
            if "potential" in words
            else 1
            if {"score", "overall", "alignment"} & set(words) or "Action" in name
            else 0
        )

    def _is_open(self, schema: Schema, slot: Slot, known: Mapping[str, Any]) -> bool:
        """Whether something may stay null, as the conversation that should end with it goes on."""
        unfinished = bool(_endings(known)) and not self.chooser.is_over()
        return unfinished and any(option.get("type") == "null" for option in schema.get("anyOf", ()))

    def _is_left_out(self, inner: Schema, raw: Schema, slot: Slot, found: Mapping[str, Any]) -> bool:
        """Optional things are left out where they would have to be made up."""
        if self.depth > DEEPEST // 3 or (_endings(dict.fromkeys(slot.siblings)) and not self.chooser.is_over()):
            return True
        if _type(inner) in ("integer", "number"):
            return self.writer.copied(slot) is None
        if _type(inner) == "object":
            return self._is_not_meant(slot) or any(
                _type(self._resolved(item)) == "number" for item in inner.get("properties", {}).values()
            )
        return slot.role in ("person", "source") and not self.writer.text(slot)

    def _is_not_meant(self, slot: Slot) -> bool:
        """Whether the value beside it has chosen another one of these."""
        chosen = {parts(str(option)) for option in self.chooser.chosen}
        return bool(chosen) and any(parts(name) in chosen for name in slot.siblings) and slot.words not in chosen

    def _list(self, schema: Schema, slot: Slot) -> list[Any]:
        items = self._resolved(schema["items"]) if isinstance(schema.get("items"), dict) else {}
        least, top = schema.get("minItems", 0), schema.get("maxItems", ROWS)
        if self.depth > DEEPEST:
            top = least
        given = self.writer.copied(slot)
        if isinstance(given, list):
            return (
                [item for item in given if isinstance(item, str)][:top]
                if items.get("type") == "string"
                else given[:top]
            )
        if _type(items) == "object":
            return self._objects(items, slot, least, top)
        most = min(top, max(least, self.often if top >= self.often else top))
        if _type(items) == "string" and not {"enum", "const", "pattern", "format"} & set(items):
            texts = self.writer.texts(slot, least, most)
            found: list[Any] = [self._fit(text, items, slot) for text in texts[:most]]
        else:
            found = [self.value(items, replace(slot, index=place)) for place in range(max(least, min(most, 1)))]
        return self._distinct(found, items, slot, least) if least > len(found) or schema.get("uniqueItems") else found

    def _objects(self, items: Schema, slot: Slot, least: int, top: int) -> list[Any]:
        known = items.get("properties", {})
        most = min(top, max(least, self.often))
        things, are_rows = self.writer.things(slot, known, least, top if any(map(_is_id, known)) else most)
        things = things[:top] if are_rows else things[:most]
        slot = replace(slot, beside={})
        found = []
        for place, thing in enumerate(things or [None] * least):
            self.chooser.chosen = []
            found.append(self.value(items, replace(slot, thing=thing, index=place, is_row=are_rows)))
        while len(found) < least:
            found.append(self.value(items, replace(slot, thing=things[-1] if things else None, index=len(found))))
        return found

    def _distinct(self, found: list[Any], items: Schema, slot: Slot, least: int) -> list[Any]:
        """As many as there must be, each another."""
        kept = [item for place, item in enumerate(found) if item not in found[:place]]
        for place in range(least + EXTRA):
            if len(kept) >= least:
                break
            item = self.value(items, replace(slot, index=place))
            if isinstance(item, str) and item in kept and "enum" not in items:
                item = self._fit(str(place), items, slot)
            kept += [item] if item not in kept else []
        return kept + [kept[-1] if kept else self.value(items, slot)] * (least - len(kept))

    def _text(self, schema: Schema, slot: Slot) -> str:
        copied = self.writer.copied(slot)
        if isinstance(copied, str | int | float) and not isinstance(copied, bool) and self._suits(str(copied), schema):
            return str(copied)
        formed = in_form(schema, self.chooser.date(slot).isoformat(), slot.index)
        if formed is not None:
            return formed if formed or "examples" not in schema else str(schema["examples"][0])
        return self._fit(self.writer.text(slot), schema, slot)

    def _fit(self, text: str, schema: Schema, slot: Slot) -> str:
        least, most = schema.get("minLength", 0), schema.get("maxLength", 4000)
        if not self.often and slot.role != "message":
            most = min(most, max(least, SHORT))
        return text if least <= len(text) <= most else fitted(text, self.writer.more(slot), least, most)

    def _suits(self, text: str, schema: Schema) -> bool:
        formed = in_form(schema | {"pattern": schema.get("pattern", "")}, text, 0) if "pattern" in schema else text
        return schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)) and formed == text


def _type(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind:
        return str(kind)
    guesses = {"properties": "object", "required": "object", "additionalProperties": "object", "items": "array",
               "minItems": "array", "minimum": "number", "maximum": "number", "multipleOf": "number"}  # fmt: skip
    return next((guess for key, guess in guesses.items() if key in schema), "string")


def _named(root: Schema, reference: str) -> Schema:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        found = found.get(step, {}) if step and isinstance(found, dict) else found
    return found if isinstance(found, dict) else {}


def _merged(schemas: list[Schema]) -> Schema:
    """All of them at once: properties and required names together, the tighter bound of each pair."""
    whole: Schema = {}
    for schema in schemas:
        for key, item in schema.items():
            whole[key] = _both(key, whole[key], item) if key in whole else item
    return whole


def _both(key: str, one: Any, other: Any) -> Any:
    if key == "properties":
        return one | other
    if key == "required":
        return [*dict.fromkeys([*one, *other])]
    if key == "enum":
        return [item for item in one if item in other] or one
    if isinstance(one, int | float) and isinstance(other, int | float):
        return max(one, other) if key.startswith(("min", "exclusiveMin")) else min(one, other)
    return other


def _endings(known: Mapping[str, Any]) -> list[str]:
    return [name for name in known if FINAL & set(parts(name))]


def _is_id(name: str) -> bool:
    return parts(name)[-1:] == ("id",)
