"""What a request gives to speak of: things with a title, figures and dates, and the words of the person."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from app.llm.interfaces import Evidence, Grounding, Request
from app.llm.offline.lexicon import FOUNDATION, GLAD, HEAVY, KINDS, SENTENCES
from app.llm.offline.words import a_date, bare, clip, content, day, parts, sentences, short_day, singular

TITLES = ("title", "name", "intent", "label")
DETAILS = ("painPoints", "problemSolved", "meaning", "description", "definition", "summary", "impact")
NO_THINGS = ("id", "language", "day", "today", "url", "ids")
OPEN = ("in_progress", "not_started", "active", "open", "planned", "paused", "")
MOST_THINGS, DEEPEST, LONG = 600, 5, 400
STEP = re.compile(r"\[([x ])\] (.+?)(?: \(due (\d{4}-\d\d-\d\d)\))?(?=; \[|$|\n)")
STEPS = re.compile(r"\n?Milestones: .*", re.DOTALL)


@dataclass(frozen=True)
class Thing:
    """Something that an answer can be about. ``fact`` names where it was given; ``ids`` are entries that show it."""

    kind: str
    title: str
    detail: str = ""
    id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    when: date | None = None
    fact: str = ""
    ids: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        return str(self.fields.get("status") or "").replace("_", " ")

    @property
    def is_open(self) -> bool:
        return str(self.fields.get("status") or "") in OPEN

    @property
    def mood(self) -> str:
        return str(self.fields.get("mood") or "").lower()

    @property
    def tags(self) -> list[str]:
        return [tag.strip().lower() for tag in str(self.fields.get("tags") or "").split(",") if tag.strip()]

    @cached_property
    def about(self) -> frozenset[str]:
        extra = (self.fields.get("tags"), self.mood, *(self.fields.get("strategies") or ()))
        return content(f"{self.title} {self.detail} {' '.join(str(item) for item in extra if item)}")

    @cached_property
    def steps(self) -> list[tuple[bool, str, date | None]]:
        """A goal's milestones: done, title, due."""
        found = STEP.findall(str(self.fields.get("text") or ""))
        return [(mark == "x", title.strip(), a_date(due)) for mark, title, due in found]

    @property
    def next(self) -> str:
        return str(self.fields.get("next") or "")

    @property
    def next_due(self) -> date | None:
        return next((due for done, _, due in self.steps if not done and due), None)

    @property
    def deadline(self) -> str:
        names = ("target", "targetDate", "target_date", "dueDate")
        moment = next((a_date(self.fields[name]) for name in names if self.fields.get(name)), None)
        return day(moment) if moment else ""

    @cached_property
    def figure(self) -> str:
        """Where it stands, in its own unit; empty when nobody noted it."""
        value = self.fields.get("currentValue", self.fields.get("value"))
        if isinstance(value, int | float) and not isinstance(value, bool):
            unit = str(self.fields.get("unit") or "")
            return (
                f"{value:,g}{'' if unit == '%' else ' '}{unit}".strip()
                if abs(value) < 1e6
                else f"{value:,} {unit}".strip()
            )
        if self.fields.get("progress") not in (None, "") and self.kind != "action":
            return f"{self.fields['progress']}%".replace("%%", "%")
        return self.status

    @cached_property
    def trend(self) -> int:
        """1 when its figure moves as it should, -1 when it does not, 0 when that is not known."""
        value, before = self.fields.get("currentValue", self.fields.get("value")), self.fields.get("previous")
        known = isinstance(value, int | float) and isinstance(before, int | float)
        change: Any = value - before if known else self.fields.get("changePercent")
        wanted = {"up": 1, "down": -1}.get(str(self.fields.get("direction", "up")), 0)
        return ((change > 0) - (change < 0)) * wanted if isinstance(change, int | float) else 0

    def best_sentence(self, near: frozenset[str] = frozenset()) -> str:
        """The one that lies nearest to some words, else the first that says something; quoted."""
        told = [one for one in sentences(self.detail) if len(one.split()) > 2] or sentences(self.detail) or [self.title]
        return f"“{clip(bare(max(told, key=lambda one: len(content(one) & near))), 130)}”"

    def serves(self, goal: "Thing") -> bool:
        """Whether it names the goal, or speaks of the same things."""
        named = f"{self.fields.get('linkedGoals', '')}{self.fields.get('goalId', '')}"
        return bool(self.about & goal.about) or bool(goal.id and goal.id in named)


class Material:
    """Everything that was given, in the order in which it was given."""

    def __init__(self, request: Request, seed: int = 0) -> None:
        self.request, self.seed = request, seed
        self.grounding = request.grounding or Grounding()
        self.facts = dict(self.grounding.facts)

    @cached_property
    def said(self) -> list[str]:
        """What the person said, the newest last."""
        if self.grounding.said is not None:
            return list(self.grounding.said)
        return [message.content for message in self.request.messages if message.role == "user"]

    @property
    def latest(self) -> str:
        return self.said[-1] if self.said else ""

    @cached_property
    def spoken(self) -> list[str]:
        """Its sentences, each once."""
        found = (clip(one, LONG) for text in self.said for one in sentences(text) if any(map(str.isalnum, one)))
        return list(dict.fromkeys(found))

    @cached_property
    def documents(self) -> list[Thing]:
        """Goals, notes and entries, each once, as the first of its pieces says."""
        found = {one.source_id: _of_document(one) for one in reversed(self.grounding.documents)}
        return list(found.values())[::-1]

    @cached_property
    def things(self) -> list[Thing]:
        found = [thing for name, value in self.facts.items() for thing in _walk(name, value, name, 0)][:MOST_THINGS]
        rows = {(thing.kind, thing.title.lower()) for thing in found if thing.id}
        found = [thing for thing in found if thing.id or (thing.kind, thing.title.lower()) not in rows]
        return list({(one.kind, one.id or one.title.lower()): one for one in (*found, *self.documents)[::-1]}.values())[
            ::-1
        ]

    @cached_property
    def scalars(self) -> dict[tuple[str, ...], Any]:
        """Plain values by the words of their names; the first of a name counts."""
        found = [pair for name, value in self.facts.items() for pair in _scalars(name, value, 0)]
        return {parts(name): value for name, value in reversed(found)}

    @cached_property
    def subject(self) -> Thing:
        """What all of it is about: what was given first, else the business, else what the person said."""
        if self.grounding.subject:
            return Thing("draft", self.grounding.subject)
        aside = (*FOUNDATION, "business", "person", "client", "product")
        rows = [thing for thing in self.things if thing.kind not in aside] or self.of("business") or self.things
        return rows[0] if rows else Thing("draft", clip(self.latest, 120) or "this")

    @property
    def business(self) -> str:
        named = (self.scalars.get(key) for key in (("company", "name"), ("business", "name")))
        return next((thing.title for thing in self.of("business")), next((str(name) for name in named if name), ""))

    def of(self, *kinds: str) -> list[Thing]:
        return [thing for thing in self.things if thing.kind in kinds]

    @cached_property
    def today(self) -> date:
        known = [thing.when for thing in self.documents if thing.when]
        return a_date(self.facts.get("today")) or max(known, default=None) or date.today()


def _of_document(one: Evidence) -> Thing:
    fields = dict(one.attributes) | {"text": one.text}
    text = STEPS.sub("", one.text).strip()
    return Thing(one.kind, one.title, text, one.source_id, fields, one.dated_at.date(), "documents")


def kind_of(name: str) -> str:
    """The kind of thing that a name stands for: that of its last word that is known."""
    known = (KINDS.get(word, word) for word in map(singular, reversed(parts(name))))
    return next(
        (kind for kind in known if kind in SENTENCES or kind == "business"), singular((parts(name) or ("",))[-1])
    )


def _walk(name: str, value: Any, fact: str, depth: int) -> Iterator[Thing]:
    kind = kind_of(name)
    if depth > DEEPEST or (parts(name) or ("",))[-1] in NO_THINGS:
        return
    if isinstance(value, list):
        for item in value[:MOST_THINGS]:
            yield from _walk(name, item, fact, depth + 1)
    elif isinstance(value, dict):
        thing = _of_row(kind, value, fact)
        if thing:
            yield thing
        for key, item in value.items():
            if (not thing or kind == "business" or isinstance(item, dict | list)) and key not in TITLES:
                yield from _walk(str(key), item, fact, depth + 1)
    elif isinstance(value, str) and _is_stated(kind, value, depth):
        yield Thing(kind, clip(value, LONG), fact=fact)


def _of_row(kind: str, row: Mapping[str, Any], fact: str) -> Thing | None:
    texts = {key: item for key, item in row.items() if isinstance(item, str) and item.strip()}
    names = TITLES if kind == "business" else (*TITLES, "description")
    title = next((texts[key] for key in names if key in texts), "")
    detail = next((texts[key] for key in DETAILS if key in texts and texts[key] != title and kind != "business"), "")
    known = kind == "business" or kind in SENTENCES or "id" in row
    return (
        Thing(kind, clip(title, LONG), clip(detail, LONG), str(row.get("id") or ""), row, fact=fact)
        if title and known
        else None
    )


def _is_stated(kind: str, value: str, depth: int) -> bool:
    """Whether a text says something of a known kind, instead of being a label or a page."""
    if kind not in SENTENCES or kind in ("goal", "person", "item", "milestone", "theme") or not value.strip():
        return False
    return depth > 0 or len(value.split()) > 2 or kind in FOUNDATION


def _scalars(name: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, item in value.items():
            yield from _scalars(str(key), item, depth + 1)
    elif not isinstance(value, dict | list) and value not in (None, ""):
        yield name, value


@dataclass(frozen=True)
class Theme:
    """What several entries speak of: a tag, or a word where nobody tagged. ``leaning``: glad, heavy or ""."""

    name: str
    entries: Sequence[Thing]

    @property
    def leaning(self) -> str:
        glad = sum((entry.mood in GLAD) - (entry.mood in HEAVY) for entry in self.entries)
        return "glad" if glad > 0 else "heavy" if glad < 0 else ""

    @property
    def days(self) -> str:
        """``14, 16 and 18 November``."""
        moments = sorted({entry.when for entry in self.entries if entry.when})[-4:]
        same = len({moment.month for moment in moments}) == 1
        told = [str(moment.day) if same else short_day(moment) for moment in moments]
        told[-1:] = [short_day(moment) for moment in moments[-1:]]
        return f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else "".join(told)


def themes(entries: Sequence[Thing]) -> list[Theme]:
    """Those of at least two entries, the most frequent first, without those that others cover."""
    tagged = [entry.tags or ([] if any(one.tags for one in entries) else _nouns(entry)) for entry in entries]
    counted = Counter(tag for tags in tagged for tag in dict.fromkeys(tags))
    common = [name for name, count in counted.most_common(30) if count > 1]
    kept: list[Theme] = []
    for name in common:
        own = [place for place, tags in enumerate(tagged) if name in tags]
        if not all(set(tagged[place]) & {theme.name for theme in kept} for place in own):
            kept.append(Theme(name, [entries[place] for place in own]))
    return kept


def _nouns(entry: Thing) -> list[str]:
    """Words that stand after an article or a possessive, which in English are mostly things."""
    text = f"{entry.title}. {entry.detail}".lower()
    found = re.findall(r"\b(?:the|my|our|an?|poor|good|bad|his|her)\s+([a-z]{4,})|\b([a-z]{4,}) in\b", text)
    return [word for pair in found for word in pair if word and content(word)]
