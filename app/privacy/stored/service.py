"""What is stored of a person, in figures."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Select, String, Table, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.json import JSONObject
from app.core.retention import Days
from app.privacy.registry import Scope, declarations, rows_of
from app.privacy.retention import service as retention


def figures(session: Session, principal: Principal, usual: Days) -> JSONObject:
    """Of every table that has something of theirs, exported or not."""
    found = session.execute(union_all(*_queries(Scope(principal.tenant_id, principal.user_id)))).all()
    rows = sorted(row for row in found if row.total)
    days = retention.days_of(session, principal.tenant_id, usual)
    return {
        "counts": {row.name: row.total for row in rows},
        "sizes": {row.name: int(row.size) for row in rows},
        "bytes": sum(int(row.size) for row in rows),
        "retention": {kind.name_of_days: days[kind] for kind in days},
    }


def _queries(scope: Scope) -> Iterator[Select[str, int, int]]:
    for table in declarations():
        rows = rows_of(table, scope)
        if rows is not None:
            size = func.coalesce(func.sum(_size(table)), 0).label("size")
            name = literal(table.name, String).label("name")
            yield select(name, func.count().label("total"), size).select_from(table).where(rows)


def _size(table: Table) -> ColumnElement[int]:
    """As stored, packed: none of it is read for that."""
    sizes = [func.coalesce(func.pg_column_size(column), 0) for column in table.columns]
    return sum(sizes[1:], start=sizes[0])
