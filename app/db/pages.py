"""Lists in pages: after a cursor (keyset), at an offset (numbered), from the end; and what fits into so many bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.errors import BadRequest
from app.db.ownership import Owner

MOST_AT_ONCE = 500  # messages of a conversation in one page

Row = TypeVar("Row")
Moment = TypeVar("Moment", bound=date)
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
    session: Session, query: Select[Identified], by: InstrumentedAttribute[Moment], owner: Owner,
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


@dataclass(frozen=True, slots=True)
class Sizes:
    """How a query's rows are told apart (``key``), ordered and weighed, in bytes; ``most`` of them are read at once."""

    key: InstrumentedAttribute[Any]
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]]
    size: ColumnElement[int]
    most: int = 4 * 1024 * 1024


def fitting(query: Select[*Columns], sizes: Sizes, limit: int, offset: int = 0) -> Select[*Columns]:
    """The rows of a page until those so far come to ``sizes.most`` bytes: one at least.

    They are weighed where they are, so that what does not fit is not read.
    """
    place = func.row_number().over(order_by=sizes.order).label("place")
    columns = sizes.key.label("key"), sizes.size.label("size"), place
    page = query.with_only_columns(*columns).order_by(*sizes.order).limit(limit).offset(offset).subquery()
    before = func.sum(page.c.size).over(order_by=page.c.place, rows=(None, -1))
    weighed = select(page.c.key, func.coalesce(before, 0).label("before")).subquery()
    fits = select(weighed.c.key).where(weighed.c.before < sizes.most)
    return query.where(sizes.key.in_(fits)).order_by(*sizes.order)


def sized_page(session: Session, query: Select[Row], sizes: Sizes, limit: int, offset: int) -> Page[Row]:
    """A numbered page, which ends early when its rows are large."""
    items, total = session.scalars(fitting(query, sizes, limit, offset)).all(), count(session, query)
    return Page(items, offset + len(items) < total, total=total)


def count(session: Session, query: Select[*Columns]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
