"""What an action would change: it is done in a transaction that is rolled back, so that what is shown is what will be.

That it can be done at all shows as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

import msgspec
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.actions import naming, snapshots, wording
from app.actions.kinds import ActionKind
from app.actions.work import Fields, Work
from app.auth.principals import Principal
from app.care.service import Care
from app.core.errors import BadRequest, Forbidden
from app.core.json import JSONObject, JSONValue, as_object
from app.db.session import Database
from app.web.blueprints import sentences

LARGEST = 8 * 1024  # bytes of what is shown: it has to fit into an event
GENERATED = frozenset({
    "user_id", "created_at", "updated_at", "status_changed_at", "last_activity", "completed_at", "createdAt",
    "updatedAt", "order",
})  # fmt: skip
IDENTITY = ("id", "goal_id", "title")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action that can be done, as it will be shown. ``arguments`` are those that it will be done with."""

    kind: ActionKind
    arguments: JSONObject
    summary: str
    language: str
    before: JSONObject | None
    after: JSONObject
    basis: str


def rehearse(
    db: Database, care: Care, principal: Principal, kind: ActionKind, arguments: JSONObject, language: str
) -> Proposal:
    """Raises ``AppError`` when it can't be done."""
    if not kind.is_open_to(principal):
        raise Forbidden(kind.of.refusal)
    return _rolled_back(db, lambda session: _tried(Work(session, principal, care), kind, arguments, language))


def load(kind: ActionKind, arguments: JSONObject) -> Fields:
    """As the kind's schema has it. Raises ``BadRequest``."""
    try:
        found: Fields = kind.takes().load(dict(arguments))
    except ValidationError as error:
        raise BadRequest("; ".join(sentences(error.messages))[:500]) from None
    return found


def _tried(work: Work, kind: ActionKind, named: JSONObject, language: str) -> Proposal:
    arguments = naming.settled(work.session, work.principal, kind, named)
    given, handling = load(kind, arguments), kind.handling
    basis = snapshots.digest(snapshots.take(work.session, work.principal, handling.rows(given, None)))
    goal = naming.title_of(work.session, work.principal, given.get("goal_id"))
    target = kind.target(given)
    before = None if target is None else handling.show(work, given, target)
    subject = handling.do(work, given)
    after = handling.show(work, given, subject)
    summary = wording.summary(language, kind.name, after, goal, str(arguments.get("date") or "")[:10])
    old, new = _changes(before, after) if before else (None, _made(kind, given, after))
    if len(msgspec.json.encode((old, new))) > LARGEST:
        raise BadRequest("This is too long for a proposal")
    return Proposal(kind, arguments, summary, language, old, new, basis)


def _made(kind: ActionKind, given: Fields, after: JSONObject) -> JSONObject:
    """What was asked for of a new row."""
    names = [name for name in after if name in {*kind.takes().fields, *given, "linked_goals"} and name != "id"]
    return {name: _bare(after[name]) for name in names if after[name]}


def _changes(before: JSONObject, after: JSONObject) -> tuple[JSONObject, JSONObject]:
    """What differs, and which row it is of; of lists the items that do."""
    names = [name for name in after if name not in GENERATED and before.get(name) != after[name]]
    identity = [name for name in IDENTITY if name in after]
    old, new = ({name: row.get(name) for name in (*identity, *names)} for row in (before, after))
    lists = [name for name in names if isinstance(new[name], list) and isinstance(old[name], list)]
    return old | _only_in(old, new, lists), new | _only_in(new, old, lists)


def _only_in(row: JSONObject, other: JSONObject, lists: list[str]) -> dict[str, JSONValue]:
    return {name: [_bare(item) for item in _items(row, name) if item not in _items(other, name)] for name in lists}


def _items(row: JSONObject, name: str) -> list[JSONValue]:
    value = row[name]
    return value if isinstance(value, list) else []


def _bare(value: JSONValue) -> JSONValue:
    """Without what no person asked for."""
    if isinstance(value, list):
        return [_bare(item) for item in value]
    hidden = GENERATED | {"id", "goal_id"}
    return {n: v for n, v in as_object(value).items() if n not in hidden} if isinstance(value, dict) else value


class _Rehearsed(Exception, Generic[T]):
    def __init__(self, value: T) -> None:
        super().__init__()
        self.value = value


def _rolled_back(db: Database, act: Callable[[Session], T]) -> T:
    def end(session: Session) -> NoReturn:
        raise _Rehearsed(act(session))

    try:
        with db.begin() as session:
            end(session)
    except _Rehearsed as done:
        value: T = done.value
        return value
