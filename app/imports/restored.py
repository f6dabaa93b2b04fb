"""Rows of our own export that are neither entries nor goals: put back as they were, under ids of their own.

What is done with a table's rows stands beside the table (``app/db/restoring.py``).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy import Column, Date, DateTime, String, Table, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.levels import Level
from app.care.safety import stored_of
from app.core.clock import now
from app.core.json import JSONObject, as_object, to_json
from app.db.bulk import insert_rows
from app.db.ownership import owner_columns
from app.db.privacy import PartOf
from app.db.restoring import Restored, moment_of
from app.db.session import Base
from app.imports.ids import Ids, names_rows, said_of, tables
from app.imports.items import ImportedRow, Skipped
from app.imports.models import ImportRow

LARGEST = 256 * 1024  # characters of a row: more than any that was written here
UNFIT = "its row is not one of these"
OWNERS = {"tenant_id", "user_id"}
THE_ONE = ""  # for what is noted of a row that a person has one of

Made = tuple[str, dict[str, Any]]  # what it is called in the file, and its columns


@dataclass(frozen=True, slots=True)
class Target:
    """Whose rows they become, and by which import."""

    principal: Principal
    import_id: str
    source: str


def looked_at(row: ImportedRow) -> ImportedRow:
    """What care finds in a person's words counts, unless the file says that it is graver."""
    content = row.values.get("content")
    if row.values.get("role") != "user" or not isinstance(content, str):
        return row
    found, given = stored_of(content), as_object(row.values.get("safety"))
    graver = given if _rank(given) >= _rank(as_object(found)) else found
    return ImportedRow(row.item, row.table, {**row.values, "safety": graver or None})


def _rank(safety: JSONObject) -> int:
    level = safety.get("level")
    return Level(level).rank if isinstance(level, str) and level in {*Level} else -1


def store(session: Session, target: Target, rows: Sequence[ImportedRow], ids: Ids) -> list[Skipped]:
    """Those that are new; what doesn't fit its table is told of."""
    skips: list[Skipped] = []
    for name, table in tables().items():
        its = [_fitted(table, row) for row in rows if row.table == name]
        fresh = _new(session, target.principal, table, [one for one in its if isinstance(one, ImportedRow)])
        room = _room(session, target.principal, table) if fresh else None
        made = [(row.item, _columns(table, row.values, target.principal, ids)) for row in fresh[:room]]
        full = [Skipped(row.item, "there are as many already as there may be") for row in fresh[len(made) :]]
        skips += [one for one in its if isinstance(one, Skipped)] + full + insert(session, target, table, made)
    return skips


def _fitted(table: Table, row: ImportedRow) -> ImportedRow | Skipped:
    """What it is known by is text, of which ids are made."""
    keys = {_whole(table)[1], *(["id"] if "id" in table.columns else [])} - {THE_ONE}
    fits = all(isinstance(row.values.get(key), str) for key in keys) and len(to_json(row.values)) <= LARGEST
    mended = _restored(table).mended
    try:
        check_times(table, row.values)
        values = mended(row.values) if mended and fits else row.values
    except (ValueError, OverflowError):
        fits, values = False, row.values
    return ImportedRow(row.item, row.table, values) if fits else Skipped(row.item, UNFIT)


def check_times(table: Table, values: JSONObject) -> None:
    """What PostgreSQL takes and nobody can read, as ``infinity``, fits no row. Raises ``ValueError``."""
    for column in table.columns:
        value = values.get(column.name)
        if isinstance(column.type, DateTime) and value is not None:
            moment_of(value).astimezone(UTC)
        elif isinstance(column.type, Date) and value is not None:
            date.fromisoformat(str(value))


def _restored(table: Table) -> Restored:
    said = said_of(table).restored
    assert isinstance(said, Restored)
    return said


def _new(session: Session, principal: Principal, table: Table, rows: Sequence[ImportedRow]) -> list[ImportedRow]:
    """Without those that the person has as they are in the file: it is their own, and is not to be doubled."""
    whole, by = _whole(table)
    if by == THE_ONE or not rows:
        return list(rows)
    olds = {str(row.values.get(by)) for row in rows}
    there = set(session.scalars(select(whole.c.id).where(whole.c.id.in_(olds), *_own(whole, principal))))
    return [row for row in rows if row.values.get(by) not in there]


def _room(session: Session, principal: Principal, table: Table) -> int | None:
    """For how many more there is room; None for any number."""
    most = _restored(table).most
    if most is None:
        return None
    there = select(func.count()).select_from(table).where(*_own(table, principal))
    return max(0, most - (session.scalar(there) or 0))


def _whole(table: Table) -> tuple[Table, str]:
    """The table that knows whose the rows are, and the column by which a row is in it."""
    said = said_of(table)
    if isinstance(said, PartOf):
        return next(iter(table.c[said.by].foreign_keys)).column.table, said.by
    return table, "id" if "id" in table.columns else THE_ONE


def _own(table: Table, principal: Principal) -> tuple[Any, ...]:
    return table.c.tenant_id == principal.tenant_id, table.c.user_id == principal.user_id


def _columns(table: Table, row: JSONObject, principal: Principal, ids: Ids) -> dict[str, Any]:
    made = {column.name: _value(column, row, ids) for column in table.columns if column.name not in OWNERS}
    return {**(owner_columns(principal) if "user_id" in table.columns else {}), **made}


def _value(column: Column[Any], row: JSONObject, ids: Ids) -> object:
    if column.name not in row or column.name in said_of(column.table).left_out:
        return _default(column)
    value = row[column.name]
    target = next((key.column.table.name for key in column.foreign_keys), None)
    own = column.table.name if column.name == "id" and isinstance(column.type, String) else None
    if (table := own or (target if target in tables() else None)) and isinstance(value, str) and value:
        return ids.of(table, value)
    may_name = names_rows(column.name, value) or column.name in _restored(column.table).names
    return ids.within(value) if may_name else value


def _default(column: Column[Any]) -> object:
    if column.nullable:
        return None
    given = getattr(column.default, "arg", None)
    return now() if callable(given) else "" if given is None else given


def insert(session: Session, target: Target, table: Table, rows: Sequence[Made]) -> list[Skipped]:
    """All at once; where one of them doesn't fit, one by one."""
    try:
        with session.begin_nested():
            _note(session, target, table, _put(session, table, [row for _, row in rows]))
        return []
    except DBAPIError as error:
        if error.connection_invalidated or len(rows) == 1:
            return _unfit(error, rows)
    return [skip for one in rows for skip in insert(session, target, table, [one])]


def _unfit(error: DBAPIError, rows: Sequence[Made]) -> list[Skipped]:
    if error.connection_invalidated:
        raise error
    return [Skipped(item, UNFIT) for item, _ in rows]


def _put(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[Any]:
    key = "id" if "id" in table.columns else next(iter(table.primary_key)).name
    return insert_rows(session, table, rows, f"ON CONFLICT DO NOTHING RETURNING {key}")


def _note(session: Session, target: Target, table: Table, made: Iterable[str]) -> None:
    """What goes when the import is taken back; parts go with their wholes."""
    if table.name not in tables() or isinstance(said_of(table), PartOf):
        return
    is_one = _whole(table)[1] == THE_ONE
    for row_id in made:
        note(session, target, table.name, THE_ONE if is_one else row_id)


def note(session: Session, target: Target, table: str, row_id: str) -> None:
    facts = {**owner_columns(target.principal), "import_id": target.import_id, "table": table}
    session.add(ImportRow(**facts, row_id=row_id))


def take_back(session: Session, principal: Principal, import_id: str, most: int) -> int:
    its = select(ImportRow).where(ImportRow.owned_by(principal), ImportRow.import_id == import_id)
    rows = session.scalars(its.order_by(ImportRow.row_id).limit(most).with_for_update(skip_locked=True)).all()
    for table, ids in _by_table(rows):
        which = (table.c.id.in_(ids),) if "id" in table.columns else ()
        session.execute(delete(table).where(*which, *_own(table, principal)))
    for row in rows:
        session.delete(row)
    return len(rows)


def _by_table(rows: Collection[ImportRow]) -> Iterator[tuple[Table, list[str]]]:
    for name in {row.table for row in rows}:
        yield Base.metadata.tables[name], [row.row_id for row in rows if row.table == name]
