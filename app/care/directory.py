"""The lines of help that count: those of the house, with what operators have added, replaced and hidden."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.care.models import CareResource
from app.care.resources import Resource, built_in
from app.db.session import Database
from app.streams.signals import Signals

KEEP = 5.0  # seconds, should the word of a change get lost
CHANGED = "care.resources"

Origin = Literal["built_in", "operator"]
Name = tuple[str, str]  # country and name

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Listed:
    """A row as operators see it. ``id`` is empty for what is built in and as it was."""

    resource: Resource
    origin: Origin = "built_in"
    id: str = ""
    hidden: bool = False


class Directory:
    """One per process: read at most every few seconds, and at once when told of a change."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._listed = merged(())
        self._shown = built_in()
        self._read_at = float("-inf")
        signals.subscribe(CHANGED, self._forget)

    def rows(self) -> Sequence[Resource]:
        """What people are shown. While the database is away, what was known last."""
        self.listed()
        return self._shown

    def listed(self) -> Sequence[Listed]:
        if time.monotonic() - self._read_at > KEEP:
            self._read()
        return self._listed

    def changed(self) -> None:
        self._signals.publish(CHANGED)

    def _forget(self, _: str) -> None:
        self._read_at = float("-inf")

    def _read(self) -> None:
        self._read_at = time.monotonic()
        try:
            with self._db.read() as session:
                rows = session.scalars(select(CareResource).order_by(CareResource.country, CareResource.name)).all()
        except SQLAlchemyError as error:
            log.warning("helplines_not_read", reason=type(error).__name__)
            return
        self._listed = merged(rows)
        self._shown = tuple(one.resource for one in self._listed if not one.hidden)


def merged(rows: Sequence[CareResource]) -> tuple[Listed, ...]:
    """An operator's row stands where the first of its name and country stood, else at the end."""
    own = {(row.country, row.name): row for row in rows}
    found: dict[object, Listed] = {}
    for resource in built_in():
        row = own.get(_name(resource))
        found.setdefault(_name(resource) if row else resource, listed_of(row) if row else Listed(resource))
    for name, row in own.items():
        found.setdefault(name, listed_of(row))
    return tuple(found.values())


def _name(resource: Resource) -> Name:
    return resource.country or "", resource.name


def listed_of(row: CareResource) -> Listed:
    resource = Resource(
        name=row.name, kind=row.kind, url=row.url, country=row.country or None, languages=tuple(row.languages),
        categories=tuple(row.categories), sources=(), phone=row.phone or None, sms=row.sms or None,
        hours=row.hours or None,
    )  # fmt: skip
    return Listed(resource, "operator", row.id, row.hidden)
