"""Values that are chosen or counted: options, numbers, yes or no, dates. What was given decides wherever it can."""

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from app.llm.offline.calendar import Calendar, hours_of
from app.llm.offline.lexicon import FOUNDATION
from app.llm.offline.material import Material, Thing
from app.llm.offline.slots import FINAL, OURS, Slot, Writer
from app.llm.offline.words import a_date, content, parts, stem

SCALE = {
    "none": 0, "minimal": 0, "low": 1, "minor": 1, "small": 1, "easy": 1, "weak": 1, "medium": 2, "moderate": 2,
    "average": 2, "high": 3, "major": 3, "large": 3, "hard": 3, "strong": 3, "critical": 4, "severe": 4, "urgent": 4,
}  # fmt: skip
HARD = frozenset({"difficulty", "effort", "complexity"})
WEIGHTS = {"issue": 0.9, "goal": 0.8, "vision": 0.7, "purpose": 0.7, "client": 0.6, "product": 0.6, "action": 0.5}
MOVES = {"escalate": 1, "raise": 1, "maintain": 0, "keep": 0, "de-prioritize": -1, "lower": -1}
HINTS = {  # what the options of a choice are about, by kind or word
    "operations": "action issue", "strategy": "goal strategy vision purpose", "finance": "measure revenue money price",
    "marketing": "client market promise product", "leadership": "person value", "improve": "issue measure weakness",
    "keep": "strategy promise win", "start": "goal client product action", "action_plan": "action", "swot": "business",
    "career": "work job site portfolio client office", "health": "run sleep health body knee sport", "learning": "read book",
    "relationships": "family friend sister mother father lena dad", "financial": "money invoice saving fund",
    "personal": "morning nature music habit", "positive": "proud glad happy win", "negative": "tired sad angry afraid",
    "maybe": "", "maintain": "",
}  # fmt: skip
ENDING = re.compile(
    r"\b(?:(?:let'?s|let us|i(?:'d| would) like to|can we|could we|please|ready to) "
    r"(?:finish|stop|end|wrap up|close|complete)(?: (?:here|now|this|it|(?:the|this|our) \w+))?"
    r"|that(?:'s| is) (?:all|it|everything)|(?:i'?m|i am|we'?re|we are) (?:done|finished)|(?:good)?bye"
    r"|nothing (?:more|else) to (?:add|say)|das (?:ist|war) alles|c'est tout|eso es todo)(?=\s*(?:$|[.!,?]))",
    re.IGNORECASE,
)
GAINS = (12, 8, 5, 4, 3, 2)
BETWEEN = re.compile(r"(\d+)\s*(?:to|-|–)\s*(\d+)")


class Chooser:
    """``chosen`` are the options chosen within the object that is being filled."""

    def __init__(self, material: Material, writer: Writer) -> None:
        self.material, self.writer = material, writer
        self.chosen: list[Any] = []

    def is_over(self) -> bool:
        """Whether the conversation should end with this answer."""
        grounding = self.material.grounding
        return bool(ENDING.search(self.material.latest.replace("’", "'"))) or 0 < grounding.turns <= grounding.turn

    def among(self, options: Sequence[Any], slot: Slot) -> Any:
        option = self._among([option for option in options if option is not None] or [None], slot)
        self.chosen.append(option)
        return option

    def _among(self, options: list[Any], slot: Slot) -> Any:
        given = self.writer.copied(slot)
        known = next((option for option in options if str(option).lower() == str(given).lower()), None)
        if given is not None and known is not None:
            return known
        if slot.words == ("direction",):
            return next((option for option in options if option == _direction(slot)), options[0])
        if all(str(option).lower() in SCALE for option in options):
            return self._graded(options, slot)
        if all(str(option) in MOVES for option in options):
            return self._moved(options, slot)
        order = sorted(options, key=lambda option: not any(parts(str(option)) == parts(name) for name in slot.siblings))
        if slot.thing is None or not (best := max(self._worth(option, slot.thing) for option in order)):
            return order[slot.index % len(order)] if slot.thing is not None else self._neutral(order)
        return next(option for option in order if self._worth(option, slot.thing) == best)

    def _neutral(self, options: list[Any]) -> Any:
        """Nearest to what was said, else the middle."""
        near = content(" ".join(self.material.said[-1:])) | self.material.subject.about | {self.material.subject.kind}
        worth = [len(near & _hinted(option)) for option in options]
        return options[worth.index(max(worth)) if max(worth) else len(options) // 2]

    def _worth(self, option: Any, thing: Thing) -> int:
        signs = _hinted(option)
        return 2 * len(signs & thing.about) + 2 * (thing.kind in signs) + len(signs & content(thing.fact))

    def _graded(self, options: list[Any], slot: Slot) -> Any:
        """As high as the thing weighs; the other way round for what makes something hard."""
        scale = sorted(options, key=lambda option: SCALE[str(option).lower()])
        score = next((item for name, item in slot.beside.items() if "score" in name.lower()), None)
        weight = score / 100 if isinstance(score, int | float) else self.weight(slot)
        weight = 1 - weight if HARD & set(slot.words) else weight
        return scale[min(len(scale) - 1, max(0, math.floor(weight * len(scale))))]

    def weight(self, slot: Slot) -> float:
        """How much a thing presses, from 0 to 1."""
        thing = slot.thing or self.material.subject
        if thing.kind == "action":
            return self.urgency(thing)
        noted = SCALE.get(str(thing.fields.get("priority") or thing.fields.get("impact") or "").lower())
        base = WEIGHTS.get(thing.kind, 0.5) if noted is None else min(0.95, noted / 4 + 0.05)
        return max(0.1, min(0.95, base - 0.08 * slot.index))

    def urgency(self, action: Thing) -> float:
        """From its impact and effort, its date, what waits for it and the goals that it serves."""
        fields, goals = action.fields, self.material.of("goal")
        weight = SCALE.get(str(fields.get("priority") or fields.get("currentPriority") or "medium").lower(), 2) / 4
        weight += 0.15 * (SCALE.get(str(fields.get("impact", "medium")).lower(), 2) - 2)
        weight -= 0.1 * (SCALE.get(str(fields.get("effort", "medium")).lower(), 2) - 2)
        weight += 0.25 * bool(self.waiting(action)) + 0.1 * bool(fields.get("linkedGoals"))
        weight += 0.1 * any(goal.about & action.about for goal in goals)
        due = a_date(fields.get("dueDate"))
        weight += 0.15 * bool(due and self.material.today and (due - self.material.today).days < 15)
        return float(max(0.05, min(0.95, weight)))

    def waiting(self, action: Thing) -> list[Thing]:
        others = self.material.of("action")
        return [other for other in others if action.id and action.id in (other.fields.get("dependencies") or ())]

    def _moved(self, options: list[Any], slot: Slot) -> Any:
        """What the priority that is advised says of the one that it has."""
        ours = [value for name, value in slot.beside.items() if OURS & set(parts(name))]
        now = [value for name, value in slot.beside.items() if parts(name)[0] == "current"]
        levels = [SCALE.get(str(value).lower(), 2) for value in (*ours[:1], *now[:1])]
        move = (levels[0] > levels[1]) - (levels[0] < levels[1]) if len(levels) == 2 else 0
        return next((option for option in options if MOVES[str(option)] == move), options[0])

    def decided(self, schema: dict[str, Any], slot: Slot) -> bool:
        if FINAL & set(slot.words):
            return self.is_over()
        given = self.writer.copied(slot)
        if isinstance(given, bool):
            return given
        named = {name for name, value in self.material.scalars.items() if value is False}
        if any(set(slot.words) & set(name) - {"is"} for name in named):
            return False
        return bool(schema.get("default", slot.is_metric and (slot.thing is None or slot.thing.kind != "goal")))

    def number(self, schema: dict[str, Any], slot: Slot) -> int | float:
        low, high = _bounds(schema, slot)
        given = self.writer.copied(slot)
        wanted = given if isinstance(given, int | float) else self._counted(slot, low, high)
        whole = schema.get("type") == "integer" or (schema.get("type") != "number" and float(wanted).is_integer())
        return _within(wanted, low, high, schema.get("multipleOf"), whole)

    def _counted(self, slot: Slot, low: float, high: float) -> float:
        words = set(slot.words)
        if "potential" in words:
            return self._base() + sum(_gathered(slot.beside, "improvement"))
        if "confidence" in words:
            share = min(0.9, 0.45 + 0.05 * len(self.material.things)) - 0.05 * slot.index
            return low + (min(high, low + 100) - low) * (share if high <= 1 else share / 2)
        if "improvement" in words:
            return GAINS[slot.index % len(GAINS)]
        if words & {"duration", "hours", "effort"}:
            return hours_of(slot.thing) or 2.0 + 2 * slot.index
        if words & {"score", "alignment", "relevance", "rating", "overall", "effectiveness"}:
            return self._score(slot, low, high)
        return low + 1 + slot.index if low > -1e9 else 0

    def _base(self) -> float:
        return float(next((value for name, value in self.material.scalars.items() if "score" in name), 50) or 0)

    def _score(self, slot: Slot, low: float, high: float) -> float:
        """The mean of the scores below it, else how much the two things have to do with each other."""
        below = [] if slot.thing else _gathered(slot.beside, "score") or _gathered(slot.beside, "alignment")
        if below and high - low > 1:
            return round(sum(below) / len(below))
        share = self.fit(slot) + 0.01 * (sum(map(len, slot.words)) % 4)
        return round(low + share * (min(high, low + 100) - low), 0 if high - low > 20 else 1)

    def fit(self, slot: Slot) -> float:
        """From 0 to 1: trends of measures, else words that the thing shares with the subject, or a part of it."""
        subject, trends = self.material.subject, [thing.trend for thing in self.material.of("measure") if thing.trend]
        if slot.thing is None and trends and not self.material.of("goal"):
            return float(0.5 + 0.4 * sum(trends) / len(trends))
        named = [thing for thing in self.material.things if thing.kind in map(_kind, slot.words)]
        about = (slot.thing and [slot.thing]) or named or self.material.of(*FOUNDATION)
        shared = frozenset[str]().union(*(thing.about for thing in about)) & self.around(subject)
        if slot.thing and slot.thing.kind == "action":
            return 0.75 if any(self.is_related(slot.thing, goal) for goal in self.material.of("goal")) else 0.25
        return min(0.92, 0.52 + 0.09 * len(shared))

    def around(self, subject: Thing) -> frozenset[str]:
        """What a goal says together with its strategies and measures."""
        inside = [thing for thing in self.material.things if thing.fact == subject.fact]
        return subject.about.union(*(thing.about for thing in inside))

    def is_related(self, one: Thing, other: Thing) -> bool:
        named = str(one.fields.get("linkedGoals", "")) + str(one.fields.get("goalId", ""))
        return bool(self.around_of(one) & self.around_of(other)) or bool(other.id and other.id in named)

    def around_of(self, thing: Thing) -> frozenset[str]:
        return thing.about | content(" ".join(map(str, thing.fields.get("strategies") or ())))

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.material.of("action"), self.material.today or date.today(), self.material.facts)

    def date(self, slot: Slot) -> date:
        """By name from the thing, else from a calendar of all that is to be done, else from what is known."""
        known = self.material.today or max(
            (thing.when for thing in self.material.documents if thing.when), default=None
        )
        given = a_date(self.writer.copied(slot))
        if given is not None:
            return given
        if slot.thing is not None and slot.thing.kind == "action" and {"start", "due", "end"} & set(slot.words):
            first, last = self.calendar.span(slot.thing)
            later = timedelta(days=7 * ("alternative" in " ".join(slot.path)))
            return (first if "start" in slot.words else last) + later
        due = (
            a_date(thing.fields.get("targetDate") or thing.fields.get("target_date")) for thing in self.material.things
        )
        return next((moment for moment in due if moment), known or date.today())


def _kind(word: str) -> str:
    return {"intent": "purpose", "values": "value", "kpi": "measure"}.get(word, word)


def _hinted(option: Any) -> frozenset[str]:
    words = parts(str(option)) or (str(option).lower(),)
    return frozenset(stem(word) for word in (*words, *HINTS.get(str(option).lower(), "").split())) | set(
        HINTS.get(str(option).lower(), "").split()
    )


def _direction(slot: Slot) -> str:
    own = str(slot.thing.fields.get("direction", "")) if slot.thing else ""
    return own or ("down" if slot.thing and slot.thing.kind in ("issue", "client") and slot.thing.detail else "up")


def _gathered(value: Any, word: str) -> list[float]:
    """All numbers below whose names hold a word."""
    found: list[float] = []
    for name, item in value.items() if isinstance(value, dict) else ():
        fits = word in name.lower() and not isinstance(item, bool)
        found += [float(item)] if fits and isinstance(item, int | float) else []
        for inner in item if isinstance(item, list) else [item]:
            found += _gathered(inner, word)
    return found


def _bounds(schema: dict[str, Any], slot: Slot) -> tuple[float, float]:
    step = 1 if schema.get("type") == "integer" else 1e-4
    low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf - step) + step)
    high = schema.get("maximum", schema.get("exclusiveMaximum", math.inf + step) - step)
    if math.isinf(low) and math.isinf(high) and (told := BETWEEN.search(str(schema.get("description", "")))):
        return float(told[1]), float(told[2])
    if math.isinf(low):
        low = 0.0 if high >= 0 else high - 100
    scored = "score" in slot.words or "progress" in slot.words
    return low, (max(low, 100.0) if scored else max(low, 0) + 1e9) if math.isinf(high) else high


def _within(wanted: float, low: float, high: float, step: float | None, whole: bool) -> int | float:
    wanted = min(max(wanted, low), high)
    if step:
        wanted = round(
            min(math.floor(high / step + 1e-9), max(math.ceil(low / step - 1e-9), round(wanted / step))) * step, 9
        )
        return int(wanted) if float(wanted).is_integer() else wanted
    if whole:
        return int(min(max(round(wanted), math.ceil(low)), math.floor(high)))
    return wanted if low == high or high - low < 1 else round(wanted, 2)
