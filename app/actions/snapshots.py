"""Rows as they are, to know whether they changed and to put them back exactly."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, and_, delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.json import JSONObject, as_object, objects_of
from app.db.session import Base

VOLATILE = frozenset({  # they say when, not what
    "updated_at", "last_activity", "occurs_at", "next_at", "last_at",
})  # fmt: skip
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Which rows of a model: those of the caller with these values."""

    model: type[Base]
    values: Mapping[str, str]

    @property
    def table(self) -> Table:
        table = inspect(self.model).local_table
        assert isinstance(table, Table)
        return table

    def of(self, principal: Principal) -> ColumnElement[bool]:
        table = self.table
        owner = {"tenant_id": principal.tenant_id, "user_id": principal.user_id}
        named = {name: value for name, value in owner.items() if name in table.c} | dict(self.values)
        return and_(*(table.c[name] == value for name, value in named.items()))


Scope = Sequence[Rows]


def take(session: Session, principal: Principal, scope: Scope) -> JSONObject:
    """The rows of a scope by their table, which nobody else changes until the transaction ends."""
    session.flush()
    return {rows.table.name: list(_taken(session, principal, rows)) for rows in scope}


def digest(taken: JSONObject) -> str:
    """Of what the rows say."""
    told = {
        name: [{column: value for column, value in row.items() if column not in VOLATILE} for row in objects_of(rows)]
        for name, rows in taken.items()
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def restore(session: Session, before: JSONObject, after: JSONObject) -> None:
    """Makes rows of ``after`` what they were ``before``; a moment that has been noted since stays."""
    for name in after:
        table = Base.metadata.tables[name]
        old, new = _by_key(table, before.get(name)), _by_key(table, after[name])
        for key in new.keys() - old.keys():
            session.execute(delete(table).where(_is(table, key)))
        for key in old.keys() - new.keys():
            session.execute(insert(table).values(_values(table, old[key])))
        for key in old.keys() & new.keys():
            _put_back(session, table, key, old[key], new[key])
    session.expire_all()


def _taken(session: Session, principal: Principal, rows: Rows) -> Iterator[JSONObject]:
    table = rows.table
    query = select(table).where(rows.of(principal)).order_by(*table.primary_key).with_for_update(key_share=True)
    for row in session.execute(query).mappings():
        yield as_object(msgspec.to_builtins({str(name): _plain(value) for name, value in row.items()}))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _put_back(session: Session, table: Table, key: Key, old: JSONObject, new: JSONObject) -> None:
    changed = _values(table, {name: old[name] for name in old if old[name] != new[name]})
    steady = {name: value for name, value in changed.items() if name not in VOLATILE}
    if steady:
        session.execute(update(table).where(_is(table, key)).values(steady))
    for name in changed.keys() & VOLATILE:
        as_left = table.c[name] == _value(table, name, new[name])
        session.execute(update(table).where(_is(table, key), as_left).values({name: changed[name]}))


def _by_key(table: Table, rows: object) -> dict[Key, JSONObject]:
    return {tuple(row[column.name] for column in table.primary_key): row for row in objects_of(rows)}


def _is(table: Table, key: Key) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def _values(table: Table, row: JSONObject) -> dict[str, Any]:
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: object) -> object:
    is_time = table.c[name].type.python_type is datetime
    return datetime.fromisoformat(value) if is_time and isinstance(value, str) else value
