"""All that is said of personal data where it is declared, as one list. What is done with it are loops over this."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import cast

from sqlalchemy import Boolean, ColumnElement, Table, and_, literal_column, not_, or_, select

from app.auth.tokens import personal_tenant
from app.core.ids import joined
from app.db.privacy import Declaration, OfPerson, OfTeam, PartOf, RedisKeys
from app.db.session import Base
from app.jobs import queue
from app.limits import shared_counts, sliding_window
from app.streams import redis_store, roll_call

RowsOf = Callable[[Table, "Scope"], ColumnElement[bool] | None]

REDIS_KEYS: tuple[RedisKeys, ...] = (
    redis_store.KEYS, roll_call.KEYS, sliding_window.KEYS, shared_counts.KEYS, queue.KEYS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose data: a person's, or without ``user`` all of a tenant."""

    tenant: str
    user: str | None = None

    @property
    def has_team(self) -> bool:
        """Whoever is alone in their tenant has its rows too."""
        return self.user is None or self.tenant == personal_tenant(self.user)


@cache
def declarations() -> Mapping[Table, Declaration]:
    """Of every table that a model stands for, by name. Raises ``AttributeError`` for one that says nothing."""
    models = {cast(Table, mapper.local_table): mapper.class_ for mapper in Base.registry.mappers}
    return MappingProxyType({table: models[table].privacy for table in sorted(models, key=lambda table: table.name)})


def rows_of(table: Table, scope: Scope) -> ColumnElement[bool] | None:
    """Which rows of a table are in the scope; None for a table that can have none."""
    said = declarations()[table]
    if isinstance(said, PartOf):
        return _parts(table, said, scope, rows_of)
    if isinstance(said, OfPerson):
        return _persons(table, said, scope)
    return _teams(table, said, scope) if isinstance(said, OfTeam) else None


def exported(scope: Scope) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables that an export has, each with its rows."""
    for table, said in declarations().items():
        rows = rows_of(table, scope)
        if rows is not None and not said.unexported:
            yield table, rows


def erased(tenant: str, user: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables that a person's erasure takes rows of, each with these; parts come before what they are parts of."""
    for table in reversed(Base.metadata.sorted_tables):
        rows = _erased_rows(table, Scope(tenant, user))
        if rows is not None:
            yield table, rows


def left_rows(table: Table, scope: Scope) -> ColumnElement[bool] | None:
    """Of a person's rows those that stay with the team; None where there are none, or is no team."""
    said = declarations()[table]
    if not isinstance(said, OfPerson) or said.left is None or scope.has_team:
        return None
    return literal_column(f"({said.left.rows})", Boolean)


def shown_columns(table: Table, scope: Scope) -> list[str]:
    """Those that an export has: whose the rows are the manifest says, as far as it is the same for all."""
    said = declarations()[table]
    same = {"tenant_id"} | ({"user_id"} if scope.user is not None and isinstance(said, OfPerson) else set())
    return [column.name for column in table.columns if column.name not in said.left_out | same]


def declared_redis_key(key: str) -> RedisKeys | None:
    return next((keys for keys in REDIS_KEYS if re.fullmatch(keys.pattern, key)), None)


def _erased_rows(table: Table, scope: Scope) -> ColumnElement[bool] | None:
    said = declarations()[table]
    if isinstance(said, PartOf):
        return _parts(table, said, scope, _erased_rows)
    if said.kept:
        return None
    rows = rows_of(table, scope)
    if rows is None or not isinstance(said, OfPerson):
        return rows
    left = left_rows(table, scope)
    own = rows if left is None else rows & not_(left)
    return or_(own, *_rows_with_others(table, said, scope))


def _rows_with_others(table: Table, said: OfPerson, scope: Scope) -> Iterator[ColumnElement[bool]]:
    """That go with each person of a tenant."""
    if said.copies:
        yield table.c[said.copies] == scope.tenant
    if said.shared:
        yield table.c[said.key] == said.shared.format(scope.tenant)
    if said.about:
        named = table.c[said.about]["user_id"].astext == scope.user
        yield and_(table.c.tenant_id == scope.tenant, named)


def _parts(table: Table, said: PartOf, scope: Scope, rows_of: RowsOf) -> ColumnElement[bool] | None:
    whole = next(iter(table.c[said.by].foreign_keys)).column
    rows = rows_of(whole.table, scope)
    return None if rows is None else table.c[said.by].in_(select(whole).where(rows))


def _persons(table: Table, said: OfPerson, scope: Scope) -> ColumnElement[bool]:
    if not said.key:
        whole = table.c.tenant_id == scope.tenant
        return whole if scope.user is None else whole & (table.c.user_id == scope.user)
    key = table.c[said.key]
    if scope.user is None:
        return key.startswith(f"{joined(scope.tenant)}:", autoescape=True)
    return key == joined(scope.tenant, scope.user)


def _teams(table: Table, said: OfTeam, scope: Scope) -> ColumnElement[bool] | None:
    whole = table.c.tenant_id == scope.tenant
    if scope.has_team:
        return whole
    return whole & (table.c[said.person] == scope.user) if said.person else None
