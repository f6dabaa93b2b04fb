"""Routines: steps that a person takes each day, week or month, and how often in a row all of them were taken."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.workspace import habits
from app.workspace.models import Routine, RoutineStep

MOST = 200  # of one person
MOST_STEPS = 50  # of one routine


class StepFields(TypedDict):
    """A step as it is asked for. One without an id is the step of that title, where there is one."""

    title: str
    id: NotRequired[str]
    order: NotRequired[int]
    completed: NotRequired[bool]


class RoutineFields(TypedDict, total=False):
    """What may be set of a routine; what is not named stays as it is. ``steps`` are all steps."""

    title: str
    description: str
    group: str | None
    frequency: str
    steps: Sequence[StepFields]


@dataclass(frozen=True, slots=True)
class ListedRoutine:
    """``streak`` counts days, weeks or months in a row, up to the one that ``today`` is in."""

    subject: Routine
    today: date

    @property
    def streak(self) -> int:
        return habits.streak(self.subject.completed_dates, self.subject.frequency, self.today)


def list_all(session: Session, principal: Principal, *, today: date) -> list[ListedRoutine]:
    """Newest first. ``today`` is what the person's calendar shows, here and below."""
    return [ListedRoutine(row, today) for row in _own(session, principal)]


def list_groups(session: Session, principal: Principal) -> list[str]:
    return sorted({row.group for row in _own(session, principal) if row.group})


def find(session: Session, principal: Principal, routine_id: str, *, today: date) -> ListedRoutine:
    return ListedRoutine(_find(session, principal, routine_id), today)


def create(session: Session, principal: Principal, new: RoutineFields, *, today: date) -> ListedRoutine:
    if len(_own(session, principal)) >= MOST:
        raise BadRequest(f"There can be {MOST} routines")
    row = Routine(**owner_columns(principal), completed_dates=[], last_completed_at=None, **_columns(new, ()))
    session.add(row)
    session.flush()
    return ListedRoutine(row, today)


def update(
    session: Session, principal: Principal, routine_id: str, changes: RoutineFields, *, today: date
) -> ListedRoutine:
    with _changing(session, principal, routine_id) as row:
        for name, value in _columns(changes, row.steps).items():
            setattr(row, name, value)
    return ListedRoutine(row, today)


def toggle_step(session: Session, principal: Principal, routine_id: str, step_id: str, *, today: date) -> ListedRoutine:
    with _changing(session, principal, routine_id) as row:
        if all(step["id"] != step_id for step in row.steps):
            raise NotFound("Step not found")
        row.steps = [{**step, "completed": step["completed"] ^ (step["id"] == step_id)} for step in row.steps]
    return ListedRoutine(row, today)


def complete(session: Session, principal: Principal, routine_id: str, *, today: date) -> ListedRoutine:
    """All of it is done, once a day."""
    with _changing(session, principal, routine_id) as row:
        if today.isoformat() in row.completed_dates:
            raise BadRequest("Routine already completed today")
        row.steps = [{**step, "completed": True} for step in row.steps]
        row.completed_dates = habits.toggled(row.completed_dates, today)
        row.last_completed_at = now()
    return ListedRoutine(row, today)


def reset(session: Session, principal: Principal, routine_id: str, *, today: date) -> ListedRoutine:
    """Its steps are open again; the days on which it was completed stay."""
    with _changing(session, principal, routine_id) as row:
        row.steps = [{**step, "completed": False} for step in row.steps]
    return ListedRoutine(row, today)


def remove(session: Session, principal: Principal, routine_id: str) -> None:
    row = _find(session, principal, routine_id, lock=True)
    session.execute(delete(Routine).where(Routine.id == row.id, Routine.owned_by(principal)))


@contextmanager
def _changing(session: Session, principal: Principal, routine_id: str) -> Iterator[Routine]:
    """The person's routine, which nobody else changes meanwhile."""
    row = _find(session, principal, routine_id, lock=True)
    yield row
    row.updated_at = now()
    session.flush()


def _own(session: Session, principal: Principal) -> Sequence[Routine]:
    newest = select(Routine).where(Routine.owned_by(principal)).order_by(Routine.created_at.desc(), Routine.id.desc())
    return session.scalars(newest.limit(MOST)).all()


def _find(session: Session, principal: Principal, routine_id: str, *, lock: bool = False) -> Routine:
    query = select(Routine).where(Routine.id == routine_id, Routine.owned_by(principal))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("Routine not found")
    return row


def _columns(fields: RoutineFields, known: Sequence[RoutineStep]) -> dict[str, object]:
    steps = {"steps": _steps(fields["steps"], known)} if "steps" in fields else {}
    return dict(fields) | steps


def _steps(wanted: Sequence[StepFields], known: Sequence[RoutineStep]) -> list[RoutineStep]:
    """In their order. A step that was there before keeps its id, and whether it is done."""
    left, steps = list(known), list[RoutineStep]()
    for place, fields in enumerate(wanted):
        before = next((step for step in left if _is_same(step, fields)), None)
        if before:
            left.remove(before)
        step_id, done = (before["id"], before["completed"]) if before else (new_id("step"), False)
        completed, order = fields.get("completed", done), fields.get("order", place)
        steps.append({"id": step_id, "title": fields["title"], "completed": completed, "order": order})
    return sorted(steps, key=lambda step: step["order"])


def _is_same(step: RoutineStep, fields: StepFields) -> bool:
    return step["id"] == fields["id"] if "id" in fields else step["title"] == fields["title"]
