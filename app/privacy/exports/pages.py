"""What a person reads of an export without any program: entries, goals and conversations, each a page of Markdown."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.accounts.models import AccountSettings
from app.attachments.models import Attachment
from app.core.dates import day_text
from app.db.ownership import Owned
from app.privacy.exports import conversations
from app.privacy.exports.names import UNTITLED, file_path, folder_of, safe
from app.privacy.exports.times import day_of, on_clock
from app.privacy.registry import Scope
from app.workspace.models import Goal, GoalEntryLink, JournalEntry, Milestone, ProgressUpdate

Stream = Callable[[Connection, Select[Any]], Iterable[Row[Any]]]

AT_ONCE = 50  # goals
FILES = (
    select(func.json_agg(aggregate_order_by(
        func.json_build_array(Attachment.id, Attachment.content_type, Attachment.name),
        Attachment.created_at, Attachment.id,
    )))
    .where(Attachment.entry_id == JournalEntry.id)
    .scalar_subquery().label("files")
)  # fmt: skip
ZONE = func.coalesce(AccountSettings.timezone, "UTC").label("zone")


@dataclass(frozen=True, slots=True)
class Page:
    """``texts`` are read once, one after the other."""

    folder: str
    name: str
    texts: Iterable[str]


def all_of(connection: Connection, scope: Scope, stream: Stream) -> Iterator[Page]:
    """A page is to be read before the next one is asked for."""
    yield from _journal(connection, scope, stream)
    yield from _goals(connection, scope, stream)
    for said in conversations.KINDS:
        yield from _conversations(connection, scope, stream, said)


def _folder(scope: Scope, user: str, name: str) -> str:
    return name if scope.user is not None or not user else f"people/{folder_of(user)}/{name}"


def _in_scope(model: type[Owned], scope: Scope) -> ColumnElement[bool]:
    whole = model.tenant_id == scope.tenant
    return whole if scope.user is None else whole & (model.user_id == scope.user)


def _with_zone(query: Select[Any], model: type[Owned], scope: Scope) -> Select[Any]:
    """Times are told as on the person's own clocks, those of an entry with a zone of its own as on the clocks there."""
    zone = func.coalesce(JournalEntry.timezone, ZONE).label("zone") if model is JournalEntry else ZONE
    same = AccountSettings.tenant_id == model.tenant_id, AccountSettings.user_id == model.user_id
    return query.add_columns(zone).outerjoin(AccountSettings, and_(*same)).where(_in_scope(model, scope))


def _journal(connection: Connection, scope: Scope, stream: Stream) -> Iterator[Page]:
    about = select(func.array_agg(Goal.title)).join(
        GoalEntryLink, and_(GoalEntryLink.tenant_id == Goal.tenant_id, GoalEntryLink.goal_id == Goal.id)
    )
    goals = about.where(GoalEntryLink.journal_entry_id == JournalEntry.id).scalar_subquery().label("goals")
    entry = JournalEntry
    columns = entry.user_id, entry.title, entry.content, entry.mood, entry.tags, entry.entry_date, entry.all_day, goals
    query = _with_zone(select(*columns, FILES), entry, scope).order_by(entry.user_id, entry.entry_date, entry.id)
    for row in stream(connection, query):
        day = on_clock(row.entry_date, "UTC" if row.all_day else row.zone).date()
        folder = _folder(scope, row.user_id, f"journal/{day.year:04}")
        root = "../" * (folder.count("/") + 1)
        yield Page(folder, f"{day.isoformat()} {safe(row.title)}", _entry(row, day, root))


def _entry(row: Row[Any], day: date, root: str) -> Iterator[str]:
    """``root`` is the way from its folder to where files are."""
    yield f"# {_line(row.title)}\n\n"
    clock = "" if row.all_day else f", {on_clock(row.entry_date, row.zone):%H:%M} ({row.zone})"
    mood = [f"mood: {_line(row.mood)}"] if row.mood else []
    yield " · ".join([f"{day_text(day)}{clock}", *mood, *(f"#{_line(tag)}" for tag in row.tags)])
    yield f"\n\n{row.content.rstrip()}\n"
    if row.goals:
        yield f"\n---\n\nAbout: {'; '.join(sorted(_line(title) for title in row.goals))}\n"
    if row.files:
        yield f"\n---\n\nFiles: {'; '.join(_link(root, *file) for file in row.files)}\n"


def _link(root: str, attachment_id: str, content_type: str, name: str) -> str:
    shown = re.sub(r"([\[\]\\])", r"\\\1", _line(name))
    return f"[{shown}]({root}{file_path(Attachment.__tablename__, attachment_id, content_type)})"


def _goals(connection: Connection, scope: Scope, stream: Stream) -> Iterator[Page]:
    query = _with_zone(select(*Goal.__table__.columns), Goal, scope).order_by(Goal.user_id, Goal.created_at, Goal.id)
    for goals in _batches(stream(connection, query)):
        ids = [goal.id for goal in goals]
        steps = _by_goal(connection, scope, Milestone, ids, Milestone.order)
        notes = _by_goal(connection, scope, ProgressUpdate, ids, ProgressUpdate.created_at)
        for goal in goals:
            texts = _goal(goal, steps[goal.id], notes[goal.id])
            yield Page(_folder(scope, goal.user_id, "goals"), safe(goal.title), texts)


def _batches(rows: Iterable[Row[Any]]) -> Iterator[list[Row[Any]]]:
    batch: list[Row[Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    yield batch


def _by_goal(
    connection: Connection, scope: Scope, model: type[Milestone] | type[ProgressUpdate], ids: Sequence[str], order: Any
) -> dict[str, list[Row[Any]]]:
    """Goal ids are unique within a tenant only."""
    query = select(*model.__table__.columns).where(_in_scope(model, scope), model.goal_id.in_(ids))
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query.order_by(order, model.id)):
        found[row.goal_id].append(row)
    return found


def _goal(goal: Row[Any], steps: Sequence[Row[Any]], notes: Sequence[Row[Any]]) -> Iterator[str]:
    yield f"# {_line(goal.title)}\n\n"
    facts = [goal.status.replace("_", " "), f"category: {_line(goal.category)}", f"{goal.progress_percentage} %"]
    facts += [f"until {day_text(day_of(goal.target_date, goal.zone))}"] if goal.target_date else []
    facts += [f"habit, {goal.habit_frequency or 'whenever'}"] if goal.is_habit else []
    yield f"{' · '.join(facts)}\n"
    yield f"\n{goal.description.rstrip()}\n" if goal.description.strip() else ""
    yield "\n## Milestones\n\n" if steps else ""
    for step in steps:
        due = f" (until {day_text(day_of(step.due_date, goal.zone))})" if step.due_date else ""
        yield f"- [{'x' if step.completed else ' '}] {_line(step.title)}{due}\n"
    yield "\n## Progress\n" if notes else ""
    for note in notes:
        yield f"\n**{day_text(on_clock(note.created_at, goal.zone).date())}**\n\n{note.content.rstrip()}\n"
    yield f"\n## Days done\n\n{', '.join(goal.habit_completed_dates)}\n" if goal.habit_completed_dates else ""


def _conversations(connection: Connection, scope: Scope, stream: Stream, kind: conversations.Kind) -> Iterator[Page]:
    rows = stream(connection, _with_zone(kind.query, kind.model, scope))
    for (user, _, begun, title, zone), messages in groupby(rows, lambda row: (*row[:4], row.zone)):
        day = on_clock(begun, zone).date()
        name = f"{day.isoformat()} {safe(title or UNTITLED)}"
        yield Page(_folder(scope, user, "chats"), name, _conversation(title, day, zone, messages))


def _conversation(title: str, day: date, zone: str, messages: Iterable[Row[Any]]) -> Iterator[str]:
    yield f"# {_line(title or UNTITLED)}\n\n{day_text(day)} ({zone})\n"
    for message in messages:
        if message.content is None:  # nothing was said
            continue
        who = "I" if message.role == "user" else "Coach" if message.author is None else _human(message.author)
        yield f"\n**{who}**, {on_clock(message.said_at, zone):%Y-%m-%d %H:%M}\n\n{message.content.rstrip()}\n"


def _human(name: str) -> str:
    return f"{_line(name)} (human coach)".strip()


def _line(text: str) -> str:
    """In one line, whatever it holds."""
    return " ".join(text.split())
