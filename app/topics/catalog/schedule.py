"""Dates that hold: a model's are moved until dependencies and deadlines are kept, or said to be impossible."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.core.clock import now
from app.core.json import JSONObject, as_number, as_object, objects_of

HOURS = 8  # of work in a day
CIRCLE = "Can't be scheduled as it is: its dependencies wait for each other"
UNLIKELY = 0.3  # the most confidence that a schedule gets which can't be kept


@dataclass(slots=True)
class Task:
    """An action to be scheduled; ``days`` is how long it takes when there is no time to lose, ``after`` are ids."""

    id: str
    days: int = 1
    after: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Deadline:
    day: date
    what: str


@dataclass(slots=True)
class Plan:
    """Dates as they are set, one action after the other. Nothing is put before ``earliest``; ``days_after`` are
    the days that the longest chain of what waits for an action needs."""

    days_after: Mapping[str, int]
    deadline: Deadline | None
    earliest: date
    placed: dict[str, tuple[date, date]] = field(default_factory=dict)

    def free(self, task: Task) -> date:
        """The first day on which nothing is waited for any more."""
        ends = [self.placed[before][1] + timedelta(days=1) for before in task.after if before in self.placed]
        return max([self.earliest, *ends])

    def latest(self, task: Task) -> date:
        """The last day on which it may end, so that what waits for it still ends in time."""
        return self.deadline.day - timedelta(days=self.days_after.get(task.id, 0)) if self.deadline else date.max


def move_dates(data: JSONObject, values: JSONObject) -> JSONObject:
    suggestions = objects_of(data["data"])
    tasks = {task.id: task for task in map(_task, rows_with_id(values.get("tasks")))}
    deadline = min(_deadlines(values.get("constraints")), key=lambda found: found.day, default=None)
    by_id = {str(item["actionId"]): item for item in suggestions}
    wanted = {name: _at_most(tasks.get(name, Task(name)), item) for name, item in by_id.items()}
    plan = Plan(days_after(wanted), deadline, _earliest(suggestions, values))
    for action_id in ordered(tasks, by_id):
        by_id[action_id] = _placed(by_id[action_id], wanted[action_id], plan)
    placed = [by_id[str(item["actionId"])] for item in suggestions]
    return {"data": [_at_risk(item, CIRCLE) if in_circle(tasks, str(item["actionId"])) else item for item in placed]}


def rows_with_id(value: object) -> list[JSONObject]:
    """The objects with an id in what the caller sent as tasks."""
    return [item for item in objects_of(value) if isinstance(item.get("id"), str)]


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


def days_after(tasks: Mapping[str, Task]) -> dict[str, int]:
    found: dict[str, int] = {}
    for action_id in reversed(ordered(tasks, tasks)):
        waiting = [task for task in tasks.values() if action_id in task.after]
        found[action_id] = max((task.days + found.get(task.id, 0) for task in waiting), default=0)
    return found


def in_circle(tasks: Mapping[str, Task], action_id: str) -> bool:
    waiting, seen = list(tasks[action_id].after) if action_id in tasks else [], set[str]()
    while waiting:
        before = waiting.pop()
        if before == action_id:
            return True
        if before in tasks and before not in seen:
            seen.add(before)
            waiting += tasks[before].after
    return False


def _placed(item: JSONObject, task: Task, plan: Plan) -> JSONObject:
    start, due = day(item["suggestedStartDate"]), day(item["suggestedDueDate"])
    if start is None or due is None:
        return item
    free, latest = plan.free(task), plan.latest(task)
    start, length = max(start, free), _length(item)
    if start + timedelta(days=length - 1) > latest:
        length = task.days
        start = max(free, min(start, latest - timedelta(days=length - 1)))
    due = start + timedelta(days=length - 1)
    plan.placed[task.id] = start, due
    others = [other for other in _alternatives(item) if _is_kept(other, free, latest)]
    dates = {"suggestedStartDate": start.isoformat(), "suggestedDueDate": due.isoformat()}
    moved: JSONObject = {**item, **dates, "alternativeSchedules": others}
    if plan.deadline is None or due <= plan.deadline.day:
        return moved
    end, what = plan.deadline.day, plan.deadline.what
    return _at_risk(moved, f"Can't be done before the deadline {end} ({what}): what it waits for ends too late")


def _length(item: JSONObject) -> int:
    start, due = day(item["suggestedStartDate"]), day(item["suggestedDueDate"])
    return max(1, (due - start).days + 1) if start and due else 1


def _at_most(task: Task, item: JSONObject) -> Task:
    """Who gives an action fewer days than we would has reasons: more people, longer days."""
    return replace(task, days=min(task.days, _length(item)))


def _is_kept(other: JSONObject, free: date, latest: date) -> bool:
    start, due = day(other["startDate"]), day(other["dueDate"])
    return start is not None and due is not None and free <= start <= due <= latest


def _alternatives(item: JSONObject) -> list[JSONObject]:
    return objects_of(item.get("alternativeSchedules"))


def _earliest(suggestions: list[JSONObject], values: JSONObject) -> date:
    """Today, or the earliest day that anybody speaks of, for a plan of the past."""
    named: list[object] = [item["suggestedStartDate"] for item in suggestions]
    named += [other["startDate"] for item in suggestions for other in _alternatives(item)]
    named += [row.get("currentStartDate") for row in rows_with_id(values.get("tasks"))]
    return min([now().date(), *(found for found in map(day, named) if found)])


def _at_risk(item: JSONObject, risk: str) -> JSONObject:
    risks = item["risks"] if isinstance(item["risks"], list) else []
    return {**item, "risks": [risk, *risks][:6], "confidence": min(as_number(item["confidence"]), UNLIKELY)}


def _task(row: JSONObject) -> Task:
    """An action that names itself waits for nothing by that."""
    hours = row.get("estimatedDuration")
    days = math.ceil(hours / HOURS) if isinstance(hours, int | float) and 0 < hours < 100_000 else 1
    names = row.get("dependencies")
    after = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    return Task(str(row["id"]), max(1, days), [name for name in after if name != row["id"]])


def _deadlines(constraints: object) -> list[Deadline]:
    given = objects_of(as_object(constraints).get("criticalDeadlines"))
    found = [(day(item.get("date")), item) for item in given]
    return [Deadline(when, str(item.get("description") or "deadline")[:100]) for when, item in found if when]


def day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
