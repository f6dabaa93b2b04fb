"""Texts with a form of their own: dates, ids, addresses; the data's where it has some."""

import uuid
from collections.abc import Callable

from app.llm.offline.material import Material
from app.llm.offline.slots import Slot

SOME_DAY = "2026-01-01"  # where the prompt has no date; the clock would make answers differ
AHEAD = frozenset({"target", "due", "deadline", "end", "until", "by"})
NUMBERED = {
    "time": "{:02d}:00:00Z",
    "duration": "P{}W",
    "hostname": "host{}.example.com",
    "ipv4": "192.0.2.{}",
    "ipv6": "2001:db8::{}",
    "json-pointer": "/{}",
    "regex": "^.+$",
}


def formatted(form: str, slot: Slot, material: Material) -> str:
    """A text in the form; empty when the form is unknown or says nothing."""
    if form in NUMBERED:
        return NUMBERED[form].format(slot.index % 20 + 1)
    return FORMATS[form](slot, material) if form in FORMATS else ""


def date(slot: Slot, material: Material) -> str:
    ahead = bool(slot.names & AHEAD)
    own = (slot.about.target if ahead else slot.about.date) if slot.about else ""
    targets = [goal.target for goal in material.about("goal")] if ahead else []
    known = [day[:10] for day in (own, *targets, *material.dates) if day]
    return known[slot.index % len(known)] if known else SOME_DAY


def moment(slot: Slot, material: Material) -> str:
    return f"{date(slot, material)}T09:00:00Z"


def identifier(slot: Slot, material: Material) -> str:
    known = [text for text in material.ids() if is_uuid(text)]
    path = "/".join((str(material.seed), *slot.path, str(slot.index)))
    return known[slot.index] if slot.index < len(known) else str(uuid.uuid5(uuid.NAMESPACE_URL, path))


def uri(slot: Slot, material: Material) -> str:
    known = material.urls
    made = f"https://example.com/{'-'.join(slot.words) or 'page'}/{slot.index + 1}"
    return known[slot.index] if slot.index < len(known) else made


def email(slot: Slot, material: Material) -> str:
    known = material.emails
    return known[slot.index] if slot.index < len(known) else f"person{slot.index + 1}@example.com"


def is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


FORMATS: dict[str, Callable[[Slot, Material], str]] = {
    "date": date,
    "date-time": moment,
    "uuid": identifier,
    "uri": uri,
    "url": uri,
    "iri": uri,
    "uri-reference": uri,
    "email": email,
    "idn-email": email,
}
