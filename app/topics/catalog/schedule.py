"""Dates that hold: a model's are moved until dependencies and deadlines are kept, or said to be impossible."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

HOURS = 8  # of work in a day
UNLIKELY = 0.3  # the most confidence that a schedule gets which can't be kept
Body = dict[str, Any]


@dataclass(slots=True)
class Task:
    """An action to be scheduled; ``days`` is how long it takes at least, ``after`` are ids of others."""

    id: str
    days: int = 1
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Deadline:
    day: date
    what: str


def settle(data: Body, values: Mapping[str, Any]) -> Body:
    tasks = {task.id: task for task in map(_task, rows(values.get("tasks")))}
    deadline = min(_deadlines(values.get("constraints")), key=lambda found: found.day, default=None)
    by_id = {item["actionId"]: item for item in data["data"]}
    placed: dict[str, tuple[date, date]] = {}
    for action_id in ordered(tasks, by_id):
        by_id[action_id] = _placed(by_id[action_id], tasks.get(action_id, Task(action_id)), placed, deadline)
    return {"data": [_honest(by_id[item["actionId"]], tasks) for item in data["data"]]}


def rows(value: Any) -> list[Body]:
    """The objects with an id in what the caller sent as tasks."""
    found = value if isinstance(value, list) else []
    return [item for item in found if isinstance(item, dict) and isinstance(item.get("id"), str)]


def ordered(tasks: Mapping[str, Task], wanted: Iterable[str]) -> list[str]:
    """What others wait for comes first; of a circle, whichever is met first."""
    done: list[str] = []
    seen: set[str] = set()

    def visit(action_id: str) -> None:
        if action_id in seen:
            return
        seen.add(action_id)
        for before in tasks[action_id].after if action_id in tasks else ():
            visit(before)
        done.append(action_id)

    for action_id in wanted:
        visit(action_id)
    return [action_id for action_id in done if action_id in set(wanted)]


def in_circle(tasks: Mapping[str, Task], action_id: str) -> bool:
    """Whether the action waits for itself."""
    waiting, seen = list(tasks[action_id].after) if action_id in tasks else [], set[str]()
    while waiting:
        before = waiting.pop()
        if before == action_id:
            return True
        if before in tasks and before not in seen:
            seen.add(before)
            waiting += tasks[before].after
    return False


def _placed(item: Body, task: Task, placed: dict[str, tuple[date, date]], deadline: Deadline | None) -> Body:
    start, due = day(item["suggestedStartDate"]), day(item["suggestedDueDate"])
    if start is None or due is None:
        return item
    length = max(task.days, (due - start).days + 1)
    free = max((placed[before][1] + timedelta(days=1) for before in task.after if before in placed), default=None)
    start = max(start, free) if free else start
    if deadline and start + timedelta(days=length - 1) > deadline.day:
        length = task.days
        latest = deadline.day - timedelta(days=length - 1)
        start = max(min(start, latest), free) if free else min(start, latest)
    due = start + timedelta(days=length - 1)
    placed[task.id] = start, due
    return _late(item | {"suggestedStartDate": start.isoformat(), "suggestedDueDate": due.isoformat()}, due, deadline)


def _late(item: Body, due: date, deadline: Deadline | None) -> Body:
    if deadline is None or due <= deadline.day:
        return item
    risk = f"Can't be done before the deadline {deadline.day} ({deadline.what}): what it waits for ends too late"
    return item | {"risks": [risk, *item["risks"]][:6], "confidence": min(item["confidence"], UNLIKELY)}


def _honest(item: Body, tasks: Mapping[str, Task]) -> Body:
    if not in_circle(tasks, item["actionId"]):
        return item
    risk = "Can't be scheduled as it is: its dependencies wait for each other"
    return item | {"risks": [risk, *item["risks"]][:6], "confidence": min(item["confidence"], UNLIKELY)}


def _task(row: Body) -> Task:
    hours = row.get("estimatedDuration")
    days = math.ceil(hours / HOURS) if isinstance(hours, int | float) and 0 < hours < 100_000 else 1
    after = row.get("dependencies")
    return Task(
        row["id"], max(1, days), [name for name in after if isinstance(name, str)] if isinstance(after, list) else []
    )


def _deadlines(constraints: Any) -> list[Deadline]:
    given = constraints.get("criticalDeadlines") if isinstance(constraints, dict) else None
    found = [(day(item.get("date")), item) for item in given or () if isinstance(item, dict)]
    return [Deadline(when, str(item.get("description") or "deadline")[:100]) for when, item in found if when]


def day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
