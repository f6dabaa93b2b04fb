"""What of a person's messages is worth remembering: sentences that plainly say it, by expressions for each language."""

import re
from collections.abc import Iterator

import msgspec

from app.core.json import JSONObject
from app.llm.offline.lexicon import table
from app.llm.offline.material import Material
from app.llm.offline.things import Thing
from app.llm.offline.words import clip, sentences

MOST, LONGEST, SHORTEST = 5, 280, 8
KINDS = [
    (kind, re.compile(text, re.IGNORECASE)) for rows in table("remembering").values() for kind, text in rows.items()
]


def answer(material: Material) -> str:
    """As JSON: each with its sentence as the receipt. ``one`` is what a person has one of: a new one corrects it."""
    things = material.documents
    known = [thing for thing in things if thing.kind == "memory"]
    found = [fact for thing in things if thing.kind == "message" for fact in _facts(thing, known)]
    return msgspec.json.encode({"facts": found[-MOST:]}).decode()


def _facts(message: Thing, known: list[Thing]) -> Iterator[JSONObject]:
    for sentence in sentences(message.text_of("text")):
        told = clip(sentence, LONGEST)
        match = _match(told) if len(told) >= SHORTEST and not told.endswith("?") else None
        if match:
            kind, head = match
            receipt: JSONObject = {"message_id": message.id, "quote": told.rstrip("…")}
            same = next((one.id for one in known if head and head in one.text_of("text").lower()), "")
            yield {"text": told, "kind": kind, "special": "none", "sources": [receipt], "known": same}


def _match(sentence: str) -> tuple[str, str] | None:
    """The kind, and the words that say of what the person has one."""
    found = ((kind, expression.search(sentence)) for kind, expression in KINDS)
    return next(((kind, (match.groupdict().get("one") or "").lower()) for kind, match in found if match), None)
