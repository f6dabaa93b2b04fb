"""Rows of our own export that are neither entries nor goals: put back as they were, under ids of their own.

An id is made of the old one and whose it is now. So what is restored again is there already, and nobody's row can stand
in the place of somebody else's.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, String, Table, delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.levels import Level
from app.care.safety import stored_of
from app.core.clock import now
from app.core.json import JSONObject, as_object, to_json
from app.db.bulk import insert_rows
from app.db.ownership import owner_columns
from app.db.privacy import Declaration, PartOf
from app.db.session import Base
from app.imports.items import ImportedRow, Skipped
from app.imports.models import ImportRow

LARGEST = 256 * 1024  # characters of a row: more than any that was written here
UNFIT = "its row is not one of these"
OWNERS = {"tenant_id", "user_id"}
REFERENCES = {"personality_id": "personalities"}  # columns without a foreign key
OURS = re.compile(r"([a-z]{1,20}_[0-9a-f]{20})[0-9a-f]{12}")  # it begins with the time: their order stays


@cache
def tables() -> Mapping[str, Table]:
    """By name, a whole before its parts."""
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return {table.name: table for table in Base.metadata.sorted_tables if models[table].privacy.restored}


@cache
def _said(table: Table) -> Declaration:
    found = next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)
    return cast(Declaration, found.privacy)


@dataclass(frozen=True, slots=True)
class Ids:
    """What ids of the file are here: ``known`` those of entries and goals."""

    principal: Principal
    known: Mapping[str, str]

    def of(self, table: str, old: object) -> object:
        if not isinstance(old, str) or not old:
            return old
        whose = "\0".join((self.principal.tenant_id, self.principal.user_id, table, old))
        made, ours = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest(), OURS.fullmatch(old)
        return f"{ours[1]}{made[:12]}" if ours else f"restored_{made[:32]}"


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


def store(
    session: Session, principal: Principal, import_id: str, rows: Sequence[ImportedRow], ids: Ids
) -> list[Skipped]:
    """Those that are new; what doesn't fit its table is told of."""
    fitting = [row for row in rows if _may_fit(row)]
    skips = [Skipped(row.item, UNFIT) for row in rows if not _may_fit(row)]
    for name, table in tables().items():
        its = _new(session, principal, table, [row for row in fitting if row.table == name])
        made = [(row.item, _columns(table, row.values, principal, ids)) for row in its]
        skips += _insert(session, principal, import_id, table, made)
    return skips


def _may_fit(row: ImportedRow) -> bool:
    """What it is known by is text, of which ids are made."""
    table = tables()[row.table]
    keys = {_whole(table)[1], *(["id"] if "id" in table.columns else [])}
    return all(isinstance(row.values.get(key), str) for key in keys) and len(to_json(row.values)) <= LARGEST


def _new(session: Session, principal: Principal, table: Table, rows: Sequence[ImportedRow]) -> list[ImportedRow]:
    """Without those that the person has as they are in the file: it is their own, and is not to be doubled."""
    whole, by = _whole(table)
    olds = {str(row.values.get(by)) for row in rows}
    there = set(session.scalars(select(whole.c.id).where(whole.c.id.in_(olds), *_own(whole, principal))))
    return [row for row in rows if row.values.get(by) not in there]


def _whole(table: Table) -> tuple[Table, str]:
    """The table that knows whose the rows are, and the column by which a row is in it."""
    said = _said(table)
    if isinstance(said, PartOf):
        return next(iter(table.c[said.by].foreign_keys)).column.table, said.by
    return table, "id"


def _own(table: Table, principal: Principal) -> tuple[Any, ...]:
    return table.c.tenant_id == principal.tenant_id, table.c.user_id == principal.user_id


def _columns(table: Table, row: JSONObject, principal: Principal, ids: Ids) -> dict[str, Any]:
    made = {column.name: _value(column, row, ids) for column in table.columns if column.name not in OWNERS}
    return {**(owner_columns(principal) if "user_id" in table.columns else {}), **made}


def _value(column: Column[Any], row: JSONObject, ids: Ids) -> object:
    if column.name not in row or column.name in _said(column.table).left_out:
        return _default(column)
    value = row[column.name]
    target = next((key.column.table.name for key in column.foreign_keys), REFERENCES.get(column.name))
    if column.name == "id" and isinstance(column.type, String):
        return ids.of(column.table.name, value)
    if target and target in tables():
        is_built_in = target in REFERENCES.values() and not str(value).startswith("personality_")
        return value if is_built_in else ids.of(target, value)
    return [ids.known.get(str(one), one) for one in value] if isinstance(value, list) else value


def _default(column: Column[Any]) -> object:
    if column.nullable:
        return None
    given = getattr(column.default, "arg", None)
    return now() if callable(given) else "" if given is None else given


def _insert(
    session: Session, principal: Principal, import_id: str, table: Table, rows: Sequence[tuple[str, dict[str, Any]]]
) -> list[Skipped]:
    """All at once; where one of them doesn't fit, one by one."""
    try:
        with session.begin_nested():
            _note(session, principal, import_id, table, _put(session, table, [row for _, row in rows]))
        return []
    except DBAPIError as error:
        if error.connection_invalidated or len(rows) == 1:
            return _unfit(error, rows)
    return [skip for one in rows for skip in _insert(session, principal, import_id, table, [one])]


def _unfit(error: DBAPIError, rows: Sequence[tuple[str, dict[str, Any]]]) -> list[Skipped]:
    if error.connection_invalidated:
        raise error
    return [Skipped(item, UNFIT) for item, _ in rows]


def _put(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> list[Any]:
    key = next(iter(table.primary_key)).name
    return insert_rows(session, table, rows, f"ON CONFLICT DO NOTHING RETURNING {key}")


def _note(session: Session, principal: Principal, import_id: str, table: Table, made: Iterable[str]) -> None:
    """What goes when the import is taken back; parts go with their wholes."""
    if isinstance(_said(table), PartOf):
        return
    facts = {**owner_columns(principal), "import_id": import_id, "table": table.name}
    session.add_all(ImportRow(**facts, row_id=row_id) for row_id in made)


def take_back(session: Session, principal: Principal, import_id: str, most: int) -> int:
    its = select(ImportRow).where(ImportRow.owned_by(principal), ImportRow.import_id == import_id)
    rows = session.scalars(its.order_by(ImportRow.row_id).limit(most).with_for_update(skip_locked=True)).all()
    for table, ids in _by_table(rows):
        session.execute(delete(table).where(table.c.id.in_(ids), *_own(table, principal)))
    for row in rows:
        session.delete(row)
    return len(rows)


def _by_table(rows: Collection[ImportRow]) -> Iterator[tuple[Table, list[str]]]:
    for name in {row.table for row in rows}:
        yield tables()[name], [row.row_id for row in rows if row.table == name]
