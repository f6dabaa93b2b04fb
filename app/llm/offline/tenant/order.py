"""Open work in its order: by state, priority and date, and nothing before what it waits for."""

from collections.abc import Sequence

from app.llm.offline.reading import first
from app.llm.offline.tenant.facts import WORKED_ON, Business, Row, is_open, plain

PRIORITIES = ("low", "medium", "high", "critical")


def work_of(business: Business) -> list[Row]:
    """The open actions, else all."""
    known = [row for row in business.rows("actions") if plain(row.get("id"))]
    return ([row for row in known if is_open(row)] or known)[:100]


def in_sequence(work: Sequence[Row]) -> list[Row]:
    """By urgency, but nothing before what it waits for."""
    left, done, made = sorted(work, key=urgency_of), set[str](), list[Row]()
    ids = {plain(row.get("id")) for row in work}
    while left:
        free = next((row for row in left if set(waits_for(row)) & ids <= done), left[0])
        left.remove(free)
        done.add(plain(free.get("id")))
        made.append(free)
    return made


def urgency_of(row: Row) -> tuple[bool, int, str]:
    return state_of(row) != WORKED_ON, -PRIORITIES.index(priority_of(row)), plain(row.get("dueDate")) or "9999"


def priority_of(row: Row) -> str:
    said = first(row, ("currentPriority", "priority"))
    return said if said in PRIORITIES else "medium"


def state_of(row: Row) -> str:
    return str(row.get("status") or "").lower()


def waits_for(row: Row) -> list[str]:
    found = row.get("dependencies")
    return [name for name in found if isinstance(name, str) and name] if isinstance(found, list) else []


def hours_of(row: Row) -> float:
    for name in ("estimatedDuration", "estimatedHours"):
        value = row.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 100_000:
            return float(value)
    return 0.0
