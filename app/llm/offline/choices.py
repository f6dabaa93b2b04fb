"""Values that are chosen or counted: options, numbers, yes or no, dates. What was given decides wherever it can."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from itertools import islice

from app.core.json import JSONValue, as_object, objects_of
from app.llm.interfaces import JSONSchema
from app.llm.offline.lexicon import FOUNDATION, HINTS, SCALE, WORDS
from app.llm.offline.material import Material, kind_of
from app.llm.offline.slots import FINAL, OURS, Slot
from app.llm.offline.things import Thing
from app.llm.offline.words import a_date, content, parts, stem

WEIGHTS = {"issue": 0.9, "goal": 0.8, "vision": 0.7, "purpose": 0.7, "client": 0.6, "product": 0.6, "action": 0.5}
MOVES = {"escalate": 1, "raise": 1, "maintain": 0, "keep": 0, "de-prioritize": -1, "lower": -1}
GAINS = (12, 8, 5, 4, 3, 2)
SOON, HOURS = 15, 8.0  # days until something is due; hours of work in a day
LENGTHS = ("estimatedDuration", "estimatedHours", "estimated_hours", "hours")
MOST_DAYS, LONGEST = 3650, 100  # looked ahead; actions in a chain of those that wait for each other


class Chooser:
    """``copied`` finds a value that was given for a place; ``chosen`` are the options of the object that is filled."""

    def __init__(self, material: Material, copied: Callable[[Slot], JSONValue]) -> None:
        self.material, self.copied = material, copied
        self.chosen: list[JSONValue] = []

    def among(self, options: Sequence[JSONValue], slot: Slot) -> JSONValue:
        option = self._among([option for option in options if option is not None] or [None], slot)
        self.chosen.append(option)
        return option

    def _among(self, options: list[JSONValue], slot: Slot) -> JSONValue:
        given, thing = self.copied(slot), slot.thing
        if given is None and slot.words == ("direction",):
            given = "down" if thing and thing.kind in ("issue", "client") and thing.detail else "up"
        if (known := [option for option in options if str(option).lower() == str(given).lower()]) and given is not None:
            return known[0]
        if all(str(option).lower() in SCALE for option in options):
            return self._graded(options, slot)
        if all(str(option) in MOVES for option in options):
            return _moved(options, slot)
        named = [option for option in options if any(parts(str(option)) == parts(name) for name in slot.siblings)]
        order = named + [option for option in options if option not in named]
        about = thing or replace(self.material.subject, detail=self.material.latest)
        best = max(_worth(option, about) for option in order)
        middle = order[slot.index % len(order) if thing else len(order) // 2]
        return next(one for one in order if _worth(one, about) == best) if best else middle

    def _graded(self, options: list[JSONValue], slot: Slot) -> JSONValue:
        """As high as the thing weighs; the other way round for what makes something hard."""
        scale = sorted(options, key=lambda option: SCALE[str(option).lower()])
        score = next((item for name, item in slot.beside.items() if "score" in name.lower()), None)
        weight = score / 100 if isinstance(score, int | float) else self._weight(slot)
        weight = 1 - weight if WORDS["hard"] & set(slot.words) else weight
        return scale[min(len(scale) - 1, max(0, math.floor(weight * len(scale))))]

    def _weight(self, slot: Slot) -> float:
        """How much a thing presses, from 0 to 1: by its kind, what is noted of it, and what hangs on an action."""
        thing = slot.thing or self.material.subject
        named = [thing.text_of(name).lower() for name in ("priority", "currentPriority", "impact")]
        noted = [(SCALE[word] - 0.5) / 4 for word in named if word in SCALE]
        weight = [*noted, WEIGHTS.get(thing.kind, 0.5) - 0.08 * slot.index][0]
        if thing.kind == "action":
            impact, effort = (SCALE.get(thing.text_of(name).lower(), 2) - 2 for name in ("impact", "effort"))
            weight += 0.15 * impact - 0.1 * effort + 0.1 * any(map(thing.serves, self.material.of("goal")))
            weight += 0.25 * any(thing.id in other.list_of("dependencies") for other in self.material.of("action"))
            weight += 0.15 * (thing.due is not None and (thing.due - self.material.today).days < SOON)
        return max(0.05, min(0.95, weight))

    def decided(self, schema: JSONSchema, slot: Slot) -> bool:
        if FINAL & set(slot.words):
            return self.material.is_over
        given = self.copied(slot)
        if isinstance(given, bool):
            return given
        denied = [set(name) for name, value in self.material.scalars.items() if value is False]
        is_denied = any(set(slot.words) & name - {"is"} for name in denied)
        return not is_denied and slot.is_metric and (slot.thing is None or slot.thing.kind != "goal")

    def number(self, schema: JSONSchema, slot: Slot) -> int | float:
        low, high = _bounds(schema, slot)
        given = self.copied(slot)
        wanted = given if isinstance(given, int | float) else self._counted(slot, low, high)
        wanted = min(max(wanted, low), high)
        return round(wanted) if schema.get("type") == "integer" or float(wanted).is_integer() else round(wanted, 2)

    def _counted(self, slot: Slot, low: float, high: float) -> float:
        words = set(slot.words)
        if "potential" in words:
            known = next((value for name, value in self.material.scalars.items() if "score" in name), 50)
            return (known if isinstance(known, int | float) else 50) + sum(_gathered(slot.beside, "improvement"))
        if "confidence" in words:
            share = min(0.9, 0.45 + 0.05 * len(self.material.things)) - 0.05 * slot.index
            return low + (min(high, low + 100) - low) * (share if high <= 1 else share / 2)
        if "improvement" in words:
            return GAINS[slot.index % len(GAINS)]
        if words & {"duration", "hours", "effort"}:
            return hours_of(slot.thing) or 2.0 + 2 * slot.index
        return self._score(slot, low, min(high, low + 100)) if words & WORDS["scores"] else low

    def _score(self, slot: Slot, low: float, high: float) -> float:
        """The mean of the scores below it, else how much the two things have to do with each other."""
        inside = {name: item for name, item in slot.beside.items() if isinstance(item, dict | list)}
        below = [] if slot.thing else _gathered(inside, "score", "alignment", "relevance")
        if below and high - low > 1:
            return round(sum(below) / len(below))
        share = self._fit(slot) + 0.01 * (sum(map(len, slot.words)) % 4)
        return round(low + share * (high - low), 0 if high - low > 20 else 1)

    def _fit(self, slot: Slot) -> float:
        """From 0 to 1: trends of measures, else words that the thing shares with the subject, or a part of it."""
        subject, trends = self.material.subject, [thing.trend for thing in self.material.of("measure") if thing.trend]
        if slot.thing is None and trends and not self.material.of("goal"):
            return 0.5 + 0.4 * sum(trends) / len(trends)
        if slot.thing and slot.thing.kind == "action":
            return 0.75 if any(map(slot.thing.serves, self.material.of("goal"))) else 0.25
        named = [thing for thing in self.material.things if thing.kind in map(kind_of, slot.words)]
        about = (slot.thing and [slot.thing]) or named or self.material.of(*FOUNDATION)
        # what a goal says together with its strategies and measures
        around = [thing.about for thing in self.material.things if thing.fact == subject.fact]
        shared = frozenset[str]().union(*(thing.about for thing in about)) & subject.about.union(*around)
        return min(0.92, 0.52 + 0.09 * len(shared))

    @cached_property
    def calendar(self) -> "Calendar":
        return Calendar(self.material)

    def date(self, slot: Slot) -> date:
        """By name from the thing, else from a calendar of all that is to be done, else from what is known."""
        given = a_date(self.copied(slot))
        if given is not None:
            return given
        if slot.thing is not None and slot.thing.kind == "action" and {"start", "due", "end"} & set(slot.words):
            first, last = self.calendar.span(slot.thing)
            later = timedelta(days=7 * ("alternative" in " ".join(slot.path)))
            return (first if "start" in slot.words else last) + later
        return next((thing.due for thing in self.material.things if thing.due), self.material.today)


def _worth(option: JSONValue, thing: Thing) -> int:
    signs = _hinted(option)
    return 2 * len(signs & thing.about) + 2 * (thing.kind in signs) + len(signs & content(thing.fact))


def _hinted(option: JSONValue) -> frozenset[str]:
    hints = HINTS.get(str(option).lower(), "").split()
    return frozenset(hints).union(stem(word) for word in (*parts(str(option)), str(option).lower(), *hints))


def _moved(options: Sequence[JSONValue], slot: Slot) -> JSONValue:
    """What the priority that is advised says of the one that it has."""
    ours = [value for name, value in slot.beside.items() if OURS & set(parts(name))]
    now = [value for name, value in slot.beside.items() if parts(name)[:1] == ("current",)]
    levels = [SCALE.get(str(value).lower(), 2) for value in (*ours[:1], *now[:1])]
    move = (levels[0] > levels[1]) - (levels[0] < levels[1]) if len(levels) == 2 else 0
    return next((option for option in options if MOVES[str(option)] == move), options[0])


def _gathered(value: JSONValue, *words: str) -> list[float]:
    """All numbers below whose names hold one of the words."""
    found: list[float] = []
    for name, item in value.items() if isinstance(value, dict) else ():
        is_number = isinstance(item, int | float) and not isinstance(item, bool)
        found += [float(item)] if is_number and any(word in name.lower() for word in words) else []
        found += [
            number for inner in (item if isinstance(item, list) else [item]) for number in _gathered(inner, *words)
        ]
    return found


def _bounds(schema: JSONSchema, slot: Slot) -> tuple[float, float]:
    """Those of the schema, else usual ones."""
    low = float(schema.get("minimum", min(0.0, schema.get("maximum", 0.0))))
    usual = max(low, 100.0) if {"score", "progress"} & set(slot.words) else low + 1e9
    return low, float(schema.get("maximum", usual))


class Calendar:
    """Each action as early as it can be; ``facts`` may name who is away when (``unavailableDates``)."""

    def __init__(self, material: Material) -> None:
        self._actions, self._today = {action.id: action for action in material.of("action")}, material.today
        groups = [item for value in material.facts.values() for item in (as_object(value).values() or [value])]
        rows = [Thing("person", "", fields=row) for group in groups for row in objects_of(group)]
        self._away = {row.text_of("personId"): set(map(a_date, row.list_of("unavailableDates"))) for row in rows}
        self._spans: dict[str, tuple[date, date]] = {}

    def span(self, action: Thing, chain: int = 0) -> tuple[date, date]:
        """The first and the last day."""
        if action.id not in self._spans:
            self._spans[action.id] = self._today, self._today  # for actions that wait for each other
            names = [name for name in action.list_of("dependencies") if name != action.id and chain < LONGEST]
            before = [self._actions[name] for name in names if isinstance(name, str) and name in self._actions]
            free = [self.span(other, chain + 1)[1] + timedelta(days=1) for other in before]
            self._spans[action.id] = self._from(max([self._today, *free]), action)
        return self._spans[action.id]

    def _from(self, moment: date, action: Thing) -> tuple[date, date]:
        away = self._away.get(action.text_of("assignedTo"), set())
        days = (moment + timedelta(days=number) for number in range(MOST_DAYS))
        free = (day for day in days if day.weekday() < 5 and day not in away)
        worked = list(islice(free, max(1, min(250, math.ceil(hours_of(action) / HOURS))))) or [moment]
        return worked[0], worked[-1]


def hours_of(thing: Thing | None) -> float:
    """Hours that somebody has estimated, 0 when nobody has."""
    found = (thing.fields.get(name) for name in LENGTHS) if thing else ()
    return next((float(value) for value in found if isinstance(value, int | float) and 0 < value < 100_000), 0.0)
