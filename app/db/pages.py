"""Lists in pages: after a cursor (keyset), at an offset (numbered), from the end; and what fits into so many bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.errors import BadRequest
from app.db.ownership import Owner

MOST_AT_ONCE = 500  # messages of a conversation in one page

Row = TypeVar("Row")
Columns = TypeVarTuple("Columns")


class HasId(Protocol):
    @property
    def id(self) -> str: ...


Identified = TypeVar("Identified", bound=HasId)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """``limit`` rows from the one after ``cursor``, which is the id of a row of the same list."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """``total`` counts the rows of all pages; it is 0 in a keyset page that was not asked to count."""

    items: Sequence[Row]
    has_more: bool
    next_cursor: str | None = None
    total: int = 0


def keyset_page(
    session: Session, query: Select[Identified], by: InstrumentedAttribute[datetime], owner: Owner,
    request: PageRequest, *, counted: bool = False,
) -> Page[Identified]:  # fmt: skip
    """Newest first by a time of an owned model, then by id. New rows move no page. Raises ``BadRequest``."""
    model = by.class_
    rest = query.order_by(by.desc(), model.id.desc())
    if request.cursor:
        start = session.execute(select(by, model.id).where(model.id == request.cursor, model.owned_by(owner)))
        last = start.one_or_none()
        if last is None:
            raise BadRequest("cursor is not one of this list")
        rest = rest.where(tuple_(by, model.id) < tuple(last))
    rows = session.scalars(rest.limit(request.limit + 1)).all()
    items, has_more = rows[: request.limit], len(rows) > request.limit
    return Page(items, has_more, items[-1].id if has_more else None, count(session, query) if counted else 0)


def numbered_page(session: Session, query: Select[Row], limit: int, offset: int) -> Page[Row]:
    """``limit`` rows after the first ``offset`` of an ordered query."""
    items = session.scalars(query.limit(limit).offset(offset)).all()
    is_last = len(items) < limit and (items or not offset)
    total = offset + len(items) if is_last else count(session, query)
    return Page(items, offset + len(items) < total, total=total)


def last_page(session: Session, query: Select[Row], by: InstrumentedAttribute[Any], limit: int) -> Page[Row]:
    """The last ``limit`` rows by a column that grows, in its order; ``has_more`` tells of earlier ones."""
    rows = session.scalars(query.order_by(by.desc()).limit(limit + 1)).all()
    return Page(rows[:limit][::-1], len(rows) > limit)


def fitting(
    query: Select[*Columns], key: InstrumentedAttribute[Any], order: ColumnElement[Any],
    size: ColumnElement[int], limit: int, most: int,
) -> Select[*Columns]:  # fmt: skip
    """At most ``limit`` rows in an order, until those so far come to ``most`` bytes: one at least.

    Sizes are added up where the rows are, so that no more is read than is wanted. ``key`` tells the query's rows apart.
    """
    spent = func.coalesce(func.sum(size).over(order_by=order, rows=(None, -1)), 0).label("spent")
    sized = query.with_only_columns(key.label("key"), spent).order_by(order).limit(limit).subquery()
    return query.where(key.in_(select(sized.c.key).where(sized.c.spent < most))).order_by(order)


def count(session: Session, query: Select[*Columns]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
