"""Rows that are older than they may be: counted, and removed in small steps.

Which tables have such rows stands where they are declared. Whatever runs beside a sweep, or after one that was cut
short, finds conversations whole: what hangs on a row, or tells of it, changes in the row's transaction.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import gevent
import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement, CursorResult, Table, delete, select
from sqlalchemy.orm import Session

from app.chat.retention import remove_old
from app.core.clock import now
from app.db.privacy import Ages, PartOf
from app.db.session import Base, Database
from app.privacy.registry import declarations
from app.privacy.retention.service import Holding
from app.realtime.retention import remove_old_chats, remove_old_sounds

AT_ONCE = 200  # rows in one transaction
PAUSE = 0.02  # seconds between two: others want the database too

Remover = Callable[[Session, ColumnElement[bool]], int]
# Where more has to change than that rows go.
REMOVERS: Mapping[str, Remover] = {
    "chat_messages": remove_old, "realtime_chats": remove_old_chats, "media": remove_old_sounds,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Old:
    """Rows of a table that are too old."""

    table: Table
    rows: ColumnElement[bool]


def count(session: Session, holdings: list[Holding]) -> Counter[str]:
    """How many rows of each table would go, with those that hang on others; none is named that keeps all."""
    counts: Counter[str] = Counter()
    for holding in holdings:
        for table in Base.metadata.sorted_tables:
            rows = _going(table, holding, now())
            if rows is not None:
                counts[table.name] += session.scalar(select(sa.func.count()).select_from(table).where(rows)) or 0
    return counts


def sweep(db: Database, holdings: list[Holding]) -> Counter[str]:
    """Removes them; how many, without those that hung on others."""
    counts: Counter[str] = Counter()
    for holding in holdings:
        for old in olds(holding):
            while removed := _step(db, old):
                counts[old.table.name] += removed
                gevent.sleep(PAUSE)
    return counts


def olds(holding: Holding) -> Iterator[Old]:
    """A whole before its parts: of a conversation that goes nobody has to mend the rest."""
    for table in Base.metadata.sorted_tables:
        rows = _old(table, holding, now())
        if rows is not None:
            yield Old(table, rows)


def _step(db: Database, old: Old) -> int:
    with db.begin() as session:
        remover = REMOVERS.get(old.table.name)
        return remover(session, old.rows) if remover else _remove(session, old)


def _remove(session: Session, old: Old) -> int:
    """Some of them; what hangs on them goes by their foreign keys."""
    key = list(old.table.primary_key)
    chosen = select(*key).where(old.rows).limit(AT_ONCE).with_for_update(skip_locked=True, of=old.table)
    removed = session.execute(delete(old.table).where(sa.tuple_(*key).in_(chosen)))
    return cast(CursorResult[Any], removed).rowcount


def _going(table: Table, holding: Holding, moment: datetime) -> ColumnElement[bool] | None:
    """Rows that are too old, or hang on one that is."""
    said, old = declarations()[table], _old(table, holding, moment)
    if not isinstance(said, PartOf):
        return old
    key = next(iter(table.c[said.by].foreign_keys)).column
    whole = _going(key.table, holding, moment)
    if whole is None:
        return old
    hung = sa.exists().where(key == table.c[said.by], whole).correlate(table)
    return hung if old is None else old | hung


def _old(table: Table, holding: Holding, moment: datetime) -> ColumnElement[bool] | None:
    ages = declarations()[table].ages
    days = holding.days[ages.kind] if ages else None
    if ages is None or days is None:
        return None
    before = moment - timedelta(days=days)
    return sa.and_(table.c[ages.since] < before, _whose(table, holding), _unless(ages, before))


def _unless(ages: Ages, before: datetime) -> ColumnElement[bool]:
    stays = sa.text(f"({ages.unless or 'false'}) IS NOT TRUE")
    return cast(ColumnElement[bool], stays.bindparams(before=before) if ":before" in ages.unless else stays)


def _whose(table: Table, holding: Holding) -> ColumnElement[bool]:
    """Rows of nobody are as the settings say."""
    said = declarations()[table]
    if "tenant_id" in table.columns:
        return _of_tenants(table.c.tenant_id, holding)
    if isinstance(said, PartOf):
        key = next(iter(table.c[said.by].foreign_keys)).column
        return sa.exists().where(key == table.c[said.by], _whose(key.table, holding)).correlate(table)
    return sa.true() if holding.tenant is None else sa.false()


def _of_tenants(tenant: Column[str], holding: Holding) -> ColumnElement[bool]:
    if holding.tenant is not None:
        return tenant == holding.tenant
    return tenant.not_in(holding.others) if holding.others else sa.true()
