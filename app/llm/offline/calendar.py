"""When actions can be done: on working days, after what they wait for, and not while their person is away."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from app.llm.offline.material import Thing
from app.llm.offline.words import a_date

HOURS = 8.0  # of work in a day
LENGTHS = ("estimatedDuration", "estimatedHours", "estimated_hours", "hours")
MOST_DAYS = 3650
LONGEST = 100  # chain of actions that wait for each other which is followed


class Calendar:
    """Each action as early as it can be; ``facts`` may name who is away when (``unavailableDates``)."""

    def __init__(self, actions: Sequence[Thing], today: date, facts: Mapping[str, Any]) -> None:
        self._actions = {action.id: action for action in actions}
        self._away = {str(row["personId"]): _days(row) for row in _rows(facts) if row.get("personId")}
        self._today = today
        self._chain = 0
        self._spans: dict[str, tuple[date, date]] = {}

    def span(self, action: Thing) -> tuple[date, date]:
        """The first and the last day."""
        if action.id not in self._spans:
            self._spans[action.id] = self._today, self._today  # for actions that wait for each other
            self._chain += 1
            names = action.fields.get("dependencies") or ()
            before = [
                self._actions[name]
                for name in names
                if isinstance(name, str) and name in self._actions and self._chain < LONGEST
            ]
            free = [self.span(other)[1] + timedelta(days=1) for other in before if other.id != action.id]
            self._spans[action.id] = self._from(max([self._today, *free]), action)
            self._chain -= 1
        return self._spans[action.id]

    def _from(self, moment: date, action: Thing) -> tuple[date, date]:
        away = self._away.get(str(action.fields.get("assignedTo", "")), frozenset())
        left = max(1, min(250, math.ceil(hours_of(action) / HOURS)))
        worked: list[date] = []
        for number in range(MOST_DAYS):
            day = moment + timedelta(days=number)
            if day.weekday() < 5 and day not in away:
                worked.append(day)
            if len(worked) == left:
                break
        return worked[0], worked[-1]


def hours_of(thing: Thing | None) -> float:
    """Hours that somebody has estimated, 0 when nobody has."""
    found = (thing.fields.get(name) for name in LENGTHS) if thing else ()
    return next((float(value) for value in found if isinstance(value, int | float) and 0 < value < 100_000), 0.0)


def _rows(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, list):
        return [row for row in value if isinstance(row, dict)]
    return [row for item in value.values() for row in _rows(item)] if isinstance(value, dict) else []


def _days(row: Mapping[str, Any]) -> frozenset[date]:
    given = row.get("unavailableDates")
    return frozenset(day for day in map(a_date, given if isinstance(given, list) else ()) if day)
