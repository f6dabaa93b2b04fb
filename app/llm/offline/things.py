"""What an answer can be about: goals, entries, measures, people, values, each with its title and what is recorded."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from app.core.json import JSONValue
from app.llm.offline.lexicon import EXPRESSIONS, GLAD, HEAVY
from app.llm.offline.words import a_date, bare, clip, content, day, joined, sentences

OPEN = ("in_progress", "not_started", "active", "open", "planned", "paused", "")
STEP = re.compile(r"\[([x ])\] (.+?)(?: \(due (\d{4}-\d\d-\d\d)\))?(?=; \[|$|\n)")


@dataclass(frozen=True)
class Thing:
    """``fact`` names where it was given; ``ids`` are entries that show it."""

    kind: str
    title: str
    detail: str = ""
    id: str = ""
    fields: Mapping[str, JSONValue] = field(default_factory=dict)
    when: date | None = None
    fact: str = ""
    ids: tuple[str, ...] = ()

    def text_of(self, name: str) -> str:
        return str(self.fields.get(name) or "")

    def list_of(self, name: str) -> list[JSONValue]:
        value = self.fields.get(name)
        return value if isinstance(value, list) else []

    @property
    def day(self) -> str:
        return day(self.when, "") if self.when else ""

    @property
    def status(self) -> str:
        return self.text_of("status").replace("_", " ")

    @property
    def is_open(self) -> bool:
        return self.text_of("status") in OPEN

    @property
    def mood(self) -> str:
        return self.text_of("mood").lower()

    @property
    def next(self) -> str:
        return self.text_of("next")

    @property
    def progress(self) -> str:
        value = self.fields.get("progress")
        return "" if value in (None, "") or self.kind == "action" else f"{str(value).rstrip('%')}%"

    @cached_property
    def about(self) -> frozenset[str]:
        extra = " ".join(map(str, (self.text_of("tags"), self.mood, *self.list_of("strategies"))))
        return content(f"{self.title} {self.detail} {extra}")

    @cached_property
    def steps(self) -> list[tuple[bool, date | None]]:
        """A goal's milestones: done, due."""
        return [(mark == "x", a_date(due)) for mark, _, due in STEP.findall(self.text_of("text"))]

    @property
    def next_due(self) -> date | None:
        return next((due for done, due in self.steps if not done and due), None)

    @property
    def due(self) -> date | None:
        names = ("target", "targetDate", "target_date", "dueDate")
        return next((moment for name in names if (moment := a_date(self.fields.get(name)))), None)

    @property
    def number(self) -> float | None:
        value = self.fields.get("currentValue", self.fields.get("value"))
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    @property
    def figure(self) -> str:
        """Where it stands, in its own unit; empty when nobody noted it."""
        if self.text_of("figure"):
            return self.text_of("figure")
        if self.number is not None:
            unit, known = self.text_of("unit"), f"{self.number:,g}" if abs(self.number) < 1e6 else f"{self.number:,}"
            return f"{known}%" if unit == "%" else f"{known} {unit}".strip()
        return self.progress or self.status

    @property
    def trend(self) -> int:
        """1 when its figure moves as it should, -1 when it does not, 0 when that is not known."""
        before, change = self.fields.get("previous"), self.fields.get("changePercent")
        change = self.number - before if self.number is not None and isinstance(before, int | float) else change
        wanted = {"up": 1, "down": -1}.get(self.text_of("direction") or "up", 0)
        return ((change > 0) - (change < 0)) * wanted if isinstance(change, int | float) else 0

    def best_sentence(self, near: frozenset[str] = frozenset()) -> str:
        """The one that lies nearest to some words, else the first that says something; quoted."""
        told = [one for one in sentences(self.detail) if len(one.split()) > 2] or sentences(self.detail) or [self.title]
        return f"“{clip(bare(max(told, key=lambda one: len(content(one) & near))), 130)}”"

    def serves(self, goal: "Thing") -> bool:
        """Whether it names the goal, or speaks of the same things."""
        named = f"{self.text_of('linkedGoals')}{self.text_of('goalId')}"
        return bool(self.about & goal.about) or bool(goal.id and goal.id in named)


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
        return joined([str(moment.day) if same and moment != moments[-1] else day(moment, "") for moment in moments])


def themes(entries: Sequence[Thing]) -> list[Theme]:
    """Those of at least two entries, the most frequent first, without those that others cover."""
    tagged = [[tag.strip().lower() for tag in entry.text_of("tags").split(",") if tag.strip()] for entry in entries]
    if not any(tagged):  # words after an article or a possessive, which in English are mostly things
        nouns = [EXPRESSIONS["noun"].findall(f"{entry.title}. {entry.detail}".lower()) for entry in entries]
        tagged = [[word for pair in pairs for word in pair if content(word)] for pairs in nouns]
    counted = Counter(tag for tags in tagged for tag in dict.fromkeys(tags))
    kept: list[Theme] = []
    for name in [name for name, count in counted.most_common(30) if count > 1]:
        own = [place for place, tags in enumerate(tagged) if name in tags]
        if not all(set(tagged[place]) & {theme.name for theme in kept} for place in own):
            kept.append(Theme(name, [entries[place] for place in own]))
    return kept
