"""Goals, as a table or our own export has them."""

from collections.abc import Mapping
from datetime import datetime

from app.imports.dates import Calendar, NoDate
from app.imports.items import ImportedGoal
from app.imports.readers.fields import text_of
from app.workspace.habits import HabitFrequency
from app.workspace.models import GoalStatus

TRUE = {"true", "yes", "1", "y", "x", "ja", "oui", "si", "sí"}
STATUSES = {
    GoalStatus.NOT_STARTED: "not_started not started todo to_do open new planned backlog offen",
    GoalStatus.IN_PROGRESS: "in_progress in progress doing active started ongoing current",
    GoalStatus.COMPLETED: "completed complete done finished achieved closed erledigt",
    GoalStatus.ABANDONED: "abandoned cancelled canceled dropped archived failed",
}
STATUS_OF = {word: status for status, words in STATUSES.items() for word in words.split()} | {
    "not started": GoalStatus.NOT_STARTED,
    "in progress": GoalStatus.IN_PROGRESS,
}


def goal_of(row: Mapping[str, object], item: str, calendar: Calendar, *, day_first: bool = True) -> ImportedGoal:
    """Raises ``NoDate``."""
    is_habit = text_of(row, "is_habit", "habit").strip().lower() in TRUE or row.get("is_habit") is True
    status = STATUS_OF.get(text_of(row, "status", "state").strip().lower(), GoalStatus.NOT_STARTED)
    frequency = text_of(row, "habit_frequency", "frequency").strip().lower()
    known = frequency if frequency in {*HabitFrequency} else HabitFrequency.DAILY
    fields: dict[str, object] = {
        "description": text_of(row, "description", "notes", "text").strip()[:2000],
        "category": text_of(row, "category", "area").strip()[:100] or "other",
        "status": status, "is_habit": is_habit, "habit_frequency": known if is_habit else None,
        "target_date": _moment(row, calendar, day_first, "target_date", "due_date", "deadline", "due"),
    }  # fmt: skip
    if status is GoalStatus.COMPLETED:
        fields["completed_at"] = _moment(row, calendar, day_first, "completed_at", "completed", "done_at")
    return ImportedGoal(item, text_of(row, "title", "goal", "name"), text_of(row, "id", "uuid").strip(), fields)


def _moment(row: Mapping[str, object], calendar: Calendar, day_first: bool, *names: str) -> datetime | None:
    """A day without a time is its UTC midnight."""
    given = text_of(row, *names).strip()
    if not given or given.lower() in TRUE:
        return None
    try:
        return calendar.read(given, day_first=day_first).moment
    except NoDate as error:
        raise NoDate(f"{names[0]}: {error}") from error
