"""JSON for a schema: every value valid, every text from what was given.

The schemas are those that ``llm`` asks for: types, ``properties`` and ``required``, ``items``, ``enum``, bounds of
texts, numbers and lists, ``format: date``, ``anyOf`` of which the first option that is not null is taken, ``$defs``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import msgspec

from app.core.json import JSONValue
from app.llm.interfaces import JSONSchema
from app.llm.offline.choices import Chooser
from app.llm.offline.material import Material
from app.llm.offline.pages import PageWriter
from app.llm.offline.rows import RowWriter
from app.llm.offline.slots import FINAL, Slot
from app.llm.offline.spoken import SpokenWriter
from app.llm.offline.things import Thing
from app.llm.offline.words import clip, parts

DEEPEST = 5  # names on the way to a value; beyond, nothing but what must be there
OFTEN = (4, 3, 1, 0)  # items of a list beyond what it must have, as long as there is no room for more
SHORT, LONG = 60, 4000  # characters of a text where there is no room, and of any other
ROWS = 200
NO_MORE = "Nothing more is recorded about this yet."


def answer(material: Material, schema: JSONSchema, room: int) -> str:
    """The value as JSON; shorter ones are tried until one fits into ``room`` characters."""
    text = ""
    for often in OFTEN:
        text = msgspec.json.encode(Filler(material, schema, often).value(schema, Slot())).decode()
        if len(text) <= room:
            return text
    return text


class Filler:
    def __init__(self, material: Material, root: JSONSchema, often: int) -> None:
        self.material, self.often = material, often
        self.definitions: Mapping[str, JSONSchema] = root.get("$defs", {})
        is_website = any(name.startswith("website_") and name != "website_data" for name in material.facts)
        is_talk = material.spoken and "sections" not in material.facts
        self.writer = (PageWriter if is_website else SpokenWriter if is_talk else RowWriter)(material)
        self.chooser = Chooser(material, self.writer.copied)

    def value(self, schema: JSONSchema, slot: Slot) -> JSONValue:
        schema = self._resolved(schema, slot)
        if "enum" in schema:
            return self.chooser.among(schema["enum"], slot)
        kind, choose = _type(schema), self.chooser
        if kind == "null":
            return None
        makers: dict[str, Callable[[JSONSchema, Slot], JSONValue]] = {
            "object": self._object, "array": self._list, "integer": choose.number, "number": choose.number,
            "boolean": choose.decided,
        }  # fmt: skip
        return makers.get(kind, self._text)(schema, slot)

    def _resolved(self, schema: JSONSchema, slot: Slot) -> JSONSchema:
        """Without references and options. Where it has become too deep, null is the shortest way out."""
        while "$ref" in schema or "anyOf" in schema:
            rest = {key: item for key, item in schema.items() if key not in ("$ref", "anyOf")}
            options = schema.get("anyOf") or [self.definitions[schema["$ref"].rpartition("/")[2]]]
            is_deep = len(slot.path) > DEEPEST
            schema = rest | min(options, key=lambda option: (option.get("type") == "null") is not is_deep)
        return schema

    def _object(self, schema: JSONSchema, slot: Slot) -> JSONValue:
        known: Mapping[str, JSONSchema] = schema.get("properties", {})
        found: dict[str, JSONValue] = {}
        required = schema.get("required", ())
        goes_on = any(FINAL & set(parts(name)) for name in known) and not self.material.is_over
        for name in sorted(known, key=_order):
            inner = self._resolved(known[name], slot)
            place = replace(
                slot, path=(*slot.path, name), siblings=frozenset(known), beside=found,
                is_row=slot.is_row and "properties" not in inner,
            )  # fmt: skip
            if goes_on and (
                name not in required or "null" in [option.get("type") for option in known[name].get("anyOf", ())]
            ):
                found |= {name: None} if name in required else {}
            elif name in required or not self._is_left_out(inner, place):
                found[name] = self.value(inner, place)
        return {name: found[name] for name in known if name in found}

    def _is_left_out(self, inner: JSONSchema, slot: Slot) -> bool:
        """Optional things are left out where they would have to be made up."""
        kind = _type(inner)
        if len(slot.path) > DEEPEST:
            return True
        if kind in ("integer", "number"):
            return self.writer.copied(slot) is None
        if kind == "object":
            numbers = [item for item in inner.get("properties", {}).values() if _type(item) == "number"]
            return bool(numbers) or self._is_not_meant(slot)
        return slot.role in ("person", "source") and not self.writer.text(slot)

    def _is_not_meant(self, slot: Slot) -> bool:
        """Whether the value beside it has chosen another one of these."""
        chosen = {parts(str(option)) for option in self.chooser.chosen}
        return any(parts(name) in chosen for name in slot.siblings) and slot.words not in chosen

    def _list(self, schema: JSONSchema, slot: Slot) -> JSONValue:
        items, given = self._resolved(schema.get("items", {}), slot), self.writer.copied(slot)
        least, top = schema.get("minItems", 0), schema.get("maxItems", ROWS)
        kind = {"string": str, "object": dict}.get(_type(items), object)
        fits = isinstance(given, list) and all(isinstance(item, kind) and str(item).strip() for item in given)
        if isinstance(given, list) and fits and len(given) >= least:
            return given[:top]
        if kind is dict:
            return self._objects(items, slot, least, least if len(slot.path) > DEEPEST else top)
        most = min(top, max(least, self.often))
        if kind is not str or {"enum", "format"} & set(items):
            return [self.value(items, replace(slot, index=place)) for place in range(max(least, min(most, 1)))]
        texts = self.writer.texts(slot, least, most)[:most]
        if len(texts) < least:
            more = [text for text in self.writer.more(slot) if text not in texts]
            texts = [*texts, *more, *[NO_MORE] * least][:least]
        return [self._fit(text, items, slot) for text in texts]

    def _objects(self, items: JSONSchema, slot: Slot, least: int, top: int) -> list[JSONValue]:
        known = items.get("properties", {})
        most = min(top, max(least, self.often))
        are_known = any(parts(name)[-1:] == ("id",) for name in known)
        things, are_rows = self.writer.things(slot, known, least, top if are_known else most)
        about: list[Thing | None] = [*things[:top]] or [None] * least
        about += about[-1:] * (least - len(about))
        found: list[JSONValue] = []
        for place, thing in enumerate(about):
            self.chooser.chosen = []
            found.append(self.value(items, replace(slot, thing=thing, index=place, is_row=are_rows, beside={})))
        return found

    def _text(self, schema: JSONSchema, slot: Slot) -> str:
        if schema.get("format") == "date":
            return self.chooser.date(slot).isoformat()
        copied = self.writer.copied(slot)
        is_text = isinstance(copied, str | int | float) and not isinstance(copied, bool)
        fits = schema.get("minLength", 0) <= len(str(copied)) <= schema.get("maxLength", LONG)
        return str(copied) if is_text and fits else self._fit(self.writer.text(slot), schema, slot)

    def _fit(self, text: str, schema: JSONSchema, slot: Slot) -> str:
        """Within its bounds: cut at a word, or followed by more that is known, at last by a plain remark."""
        least, most = schema.get("minLength", 0), schema.get("maxLength", LONG)
        if not self.often and slot.role != "message":
            most = min(most, max(least, SHORT))
        text = clip(text, most) if len(text) > most else text
        more = (*self.writer.more(slot), NO_MORE) if len(text) < least else ()
        for sentence in more:
            if len(text) < least and sentence not in text:
                text = clip(f"{text.rstrip('.')}. {sentence}" if text else sentence, most)
        return text.ljust(least, ".")


def _type(schema: JSONSchema) -> str:
    kind = schema.get("type", "string")
    return str(kind if isinstance(kind, str) else next((one for one in kind if one != "null"), "null"))


def _order(name: str) -> int:
    """Whether all is over comes first; what follows from other values comes after them."""
    words = set(parts(name))
    late = bool({"score", "overall", "alignment"} & words or "Action" in name)
    return -1 if FINAL & words else 2 if "potential" in words else int(late)
