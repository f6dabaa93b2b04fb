"""Finding and listing rows of any resource: filters, search, ordering, page-number pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, cast, false, func, literal, or_, select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.json import JSONObject
from app.db import pages
from app.realtime.media import refused
from app.realtime.models import SlideDeck, SlideRevision
from app.realtime.resources import Column, M, R, Resource, Url
from app.realtime.schemas import RowsSearch
from app.realtime.writes import KEPT_REVISIONS, is_uuid

MOST = 100
LARGEST_PAGE = 20 * 1024 * 1024  # bytes of documents; ten of the largest rows are less
REVISIONS = pages.Sizes(
    SlideRevision.version, (SlideRevision.version.desc(),), func.octet_length(cast(SlideRevision.editorjs, Text))
)
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Page:
    """``count`` is that of all pages together."""

    count: int
    size: int
    results: list[JSONObject]


def find(session: Session, tenant: str, resource: Resource[M, *R], key: str) -> Row[*R]:
    """The row that the key names, by the first kind of key that fits."""
    for column in resource.keys:
        value = _fitting(column, key)
        found = None if value is None else session.execute(resource.query(tenant).where(column == value)).first()
        if found is not None:
            return found
    raise NotFound(f"No {resource.singular} matches this id.")


def page(
    session: Session, tenant: str, resource: Resource[M, *R], query: RowsSearch, given: Mapping[str, str], url: Url
) -> Page:
    """A page that does not exist is not found."""
    wanted = _filtered(resource.query(tenant), resource, given)
    for word in query.search.split()[:10]:
        wanted = wanted.where(or_(*(column.icontains(word, autoescape=True) for column in resource.search)))
    count = session.scalar(wanted.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)) or 0
    size = min(MOST, max(1, query.page_size))
    number = query.page
    if number < 1 or (number > 1 and (number - 1) * size >= count):
        raise NotFound("Invalid page.")
    order, offset = _order(resource, query.ordering), (number - 1) * size
    rows = session.execute(_weighed(wanted, resource, order, size, offset)).all()
    if len(rows) < min(size, count - offset):
        raise refused("page_size", f"These rows are large: ask for {len(rows)} at once")
    return Page(count, size, [resource.serialize(row, url) for row in rows])


def _weighed(
    query: Select[*R],
    resource: Resource[M, *R],
    order: Sequence[Column | ColumnElement[Any]],
    limit: int,
    offset: int,
) -> Select[*R]:
    """A page, or as much of it as is not too large for one answer."""
    if not resource.documents:
        return query.order_by(*order).limit(limit).offset(offset)
    size = sum((func.octet_length(cast(column, Text)) for column in resource.documents), literal(0))
    return pages.fitting(query, pages.Sizes(resource.model.id, order, size, LARGEST_PAGE), limit, offset)


def revisions(session: Session, deck: SlideDeck, before: int | None = None) -> pages.Page[SlideRevision]:
    """Of a deck, or those before a version: the newest first, until together they are too large for one answer."""
    query = select(SlideRevision).where(SlideRevision.deck_id == deck.id)
    query = query.where(SlideRevision.version < before) if before else query
    return pages.sized_page(session, query, REVISIONS, KEPT_REVISIONS, 0)


def _filtered(query: Select[*R], resource: Resource[M, *R], given: Mapping[str, str]) -> Select[*R]:
    for name, column in resource.filters.items():
        if given.get(name):
            value = _fitting(column, given[name])
            query = query.where(false() if value is None else column == value)
    for name, column in resource.contains.items():
        if given.get(name):
            query = query.where(column.icontains(given[name], autoescape=True))
    return query


def _order(resource: Resource[M, *R], text: str) -> list[Column | ColumnElement[Any]]:
    """What it does not know it ignores."""
    wanted: list[Column | ColumnElement[Any]] = []
    for name in text.split(",")[:5]:
        column = resource.ordering.get(name.strip().lstrip("-"))
        if column is not None:
            wanted.append(column.desc() if name.strip().startswith("-") else column.asc())
    return [*wanted, *resource.order]


def _fitting(column: Column, text: str) -> str | int | None:
    """The text as a value of the column, None when it can't be one."""
    kind = column.type.python_type
    if kind is int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if kind is bool:
        return BOOLEANS.get(text.lower())
    if column.key == "bot_id":
        return text if is_uuid(text) else None
    return text
