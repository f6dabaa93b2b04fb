"""Picks among given values by the words that they share with the data and the conversation."""

from typing import Any

from app.llm.offline.material import Material
from app.llm.offline.phrases import FEELINGS, LOW
from app.llm.offline.schema_numbers import agreement
from app.llm.offline.slots import Slot
from app.llm.offline.words import content, name_words, number, stem, table

GLAD = table("positive happy joy joyful proud optimistic good confident calm")
GLUM = table("negative sad tired stressed anxious frustrated bad concerned worried low")
MIDDLE = table("medium moderate neutral normal mixed stable average maintain weekly monthly intermediate")
ORDINALS = {
    "none": 0,
    "very low": 0,
    "very_low": 0,
    "minimal": 0,
    "low": 1,
    "minor": 1,
    "small": 1,
    "easy": 1,
    "weak": 1,
}
ORDINALS |= {"medium": 2, "moderate": 2, "average": 2, "high": 3, "major": 3, "large": 3, "hard": 3, "strong": 3}
ORDINALS |= {"very high": 4, "very_high": 4, "critical": 5, "severe": 5, "urgent": 5}
HARD = table("difficulty risk effort complexity severity")
ENDS = table("final complete completed done finished end ended over stop should_end closing close")
ENDING = table("bye goodbye enough finish wrap end stop")
TROUBLE = table("error failed blocked blocking crisis urgent unsafe invalid missing")


def chosen(options: list[Any], slot: Slot, material: Material) -> Any:
    """The option nearest to the words at hand; in a list, and where it was turned down, the next best."""
    order = ordered(options, slot, material)
    listed = slot.index if slot.path and slot.path[-1].isdigit() else 0
    return order[(listed + slot.shift) % len(order)]


def ordered(options: list[Any], slot: Slot, material: Material) -> list[Any]:
    """What the document at hand says of itself, then a fitting degree, then the nearest words; nothing comes last."""
    near = sorted(options, key=lambda option: (option is None, -worth(option, slot, material)))
    best = own(slot)
    if best not in options and all(isinstance(option, str) and option in ORDINALS for option in options):
        best = graded(options, slot, material)
    return [best, *(option for option in near if option != best)] if best in options else near


def own(slot: Slot) -> Any:
    if slot.about is None:
        return None
    return slot.about.fields.get(slot.name) or (slot.about.status if slot.name == "status" else slot.about.mood)


def graded(options: list[str], slot: Slot, material: Material) -> str:
    """From a scale of low to high: as high as the words at hand agree, and the other way round for what is hard."""
    scale = sorted(options, key=ORDINALS.__getitem__)
    height = agreement(slot, material)
    return scale[round((1 - height if slot.names & HARD else height) * (len(scale) - 1))]


def worth(option: Any, slot: Slot, material: Material) -> float:
    stems = frozenset(stem(word) for word in name_words(str(option)))
    near = content(slot.about.text) if slot.about else frozenset()
    value = 3.0 * len(stems & near) + 2.0 * len(stems & material.focus) + len(stems & material.stems)
    value += 2.5 * leaning(stems, material) + 1.2 * bool(MIDDLE & set(name_words(str(option))))
    return value + number(material.seed, slot.name, slot.index if slot.about else "", option) % 100 / 100


def leaning(stems: frozenset[str], material: Material) -> float:
    """Whether a feeling's word agrees with the mood of the conversation."""
    low = any(signs & material.focus for name, (signs, _) in FEELINGS.items() if name in LOW)
    high = bool(FEELINGS["proud"][0] & material.focus)
    glad = bool(stems & {stem(word) for word in GLAD})
    glum = bool(stems & {stem(word) for word in GLUM})
    return float(glad and high and not low) + float(glum and low and not high)


def decided(schema: dict[str, Any], slot: Slot, material: Material) -> bool:
    return judged(schema, slot, material) ^ bool(slot.shift % 2)


def judged(schema: dict[str, Any], slot: Slot, material: Material) -> bool:
    """The default; whether the person asks to end; no trouble; else whether the data speaks of it."""
    if isinstance(schema.get("default"), bool):
        return bool(schema["default"])
    own = slot.about.fields.get(slot.name) if slot.about else material.facts.get(slot.words)
    if isinstance(own, bool):
        return own
    if slot.names & ENDS:
        return bool(ENDING & set(name_words(material.reading.latest))) or bool(slot.about and slot.about.done)
    if slot.names & TROUBLE:
        return False
    topic = content(" ".join(word for word in slot.words if word not in ("is", "has")))
    return bool(topic & material.stems)
