"""The lines of help that count: those of the house, with what operators have added, replaced and hidden."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from app.care.models import CareResource
from app.care.resources import Resource, built_in
from app.db.session import Database
from app.streams.signals import Signals
from app.streams.snapshot import Snapshot

CHANGED = "care.resources"

Origin = Literal["built_in", "operator"]
Name = tuple[str, str]  # country and name


@dataclass(frozen=True, slots=True)
class Listed:
    """A row as operators see it. ``id`` is empty for what is built in and as it was."""

    resource: Resource
    origin: Origin = "built_in"
    id: str = ""
    hidden: bool = False


class Directory:
    """One per process."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._snapshot = Snapshot(signals, CHANGED, self._read, merged(()))
        self.changed = self._snapshot.changed

    def rows(self) -> Sequence[Resource]:
        """What people are shown."""
        return tuple(one.resource for one in self.listed() if not one.hidden)

    def listed(self) -> Sequence[Listed]:
        return self._snapshot.now()

    def _read(self) -> tuple[Listed, ...]:
        with self._db.read() as session:
            rows = session.scalars(select(CareResource).order_by(CareResource.country, CareResource.name)).all()
        return merged(rows)


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
