"""What ids of an export are in the account that it comes to.

An id is made of the old one and whose it is now. So what is restored again is there already, and nobody's row can stand
in the place of somebody else's.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import Table

from app.auth.principals import Principal
from app.core.json import JSONObject, JSONValue, texts_in
from app.db.privacy import Declaration
from app.db.restoring import Brought, Restored
from app.db.session import Base

OURS = re.compile(r"(([a-z]{1,20})_[0-9a-f]{20})[0-9a-f]{12}")  # it begins with the time: their order stays
UUID = re.compile(r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4})-[0-9a-f]{4}-[0-9a-f]{12}")
LONGEST = 200  # characters of what an entry or a goal may be known by


@cache
def said_of(table: Table) -> Declaration:
    found = next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table)
    return cast(Declaration, found.privacy)


@cache
def tables() -> Mapping[str, Table]:
    """That are restored, by name, a whole before its parts."""
    ordered = {table.name: table for table in Base.metadata.sorted_tables}
    return {name: table for name, table in ordered.items() if isinstance(said_of(table).restored, Restored)}


@cache
def _by_prefix() -> Mapping[str, str]:
    """Which table's an id is that begins so."""
    said = {table.name: said_of(table).restored for table in Base.metadata.sorted_tables}
    return {one.prefix: name for name, one in said.items() if isinstance(one, Restored | Brought) and one.prefix}


@dataclass(frozen=True, slots=True)
class Ids:
    """``known`` are those of entries and goals, which have a ``source_id``."""

    principal: Principal
    known: Mapping[str, str]

    def of(self, table: str, old: str) -> str:
        whose = "\0".join((self.principal.tenant_id, self.principal.user_id, table, old))
        made = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()
        if ours := OURS.fullmatch(old):
            return f"{ours[1]}{made[:12]}"
        uuid = UUID.fullmatch(old)
        return f"{uuid[1]}-{made[:4]}-{made[4:16]}" if uuid else f"restored_{made[:32]}"

    def within(self, value: JSONValue) -> JSONValue:
        """A value with the ids of here wherever it names rows."""
        if isinstance(value, str):
            return self._here(value)
        if isinstance(value, list):
            return [self.within(item) for item in value]
        if isinstance(value, dict):
            return {name: self._whose if name == "user_id" else self.within(item) for name, item in value.items()}
        return value

    @property
    def _whose(self) -> str:
        """A row that is shown within another says whose it is."""
        return self.principal.user_id

    def _here(self, text: str) -> str:
        if text in self.known:
            return self.known[text]
        ours = OURS.fullmatch(text)
        table = _by_prefix().get(ours[2]) if ours else None
        return self.of(table, text) if table else text


def names_rows(column: str, value: JSONValue) -> bool:
    return isinstance(value, list | dict) or column.endswith("_id")


def named(values: JSONObject) -> Iterator[str]:
    """What may be ids of other rows."""
    for column, value in values.items():
        if names_rows(column, value):
            yield from (text for text in texts_in(value) if 0 < len(text) <= LONGEST and not text.isspace())
