"""Finding and listing rows of any resource: filters, search, ordering, page-number pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, false, func, or_
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.json import JSONObject
from app.realtime.resources import Column, M, R, Resource, Url
from app.realtime.schemas import RowsSearch
from app.realtime.writes import is_uuid

MOST = 100
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
    rows = session.execute(wanted.order_by(*_order(resource, query.ordering)).limit(size).offset((number - 1) * size))
    return Page(count, size, [resource.serialize(row, url) for row in rows])


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
