"""Which rows a text was made from, and whether they are still as they were."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, delete, insert, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.json import JSONObject
from app.db.ownership import Owner, owner_columns
from app.provenance import sources as rows
from app.provenance.models import DerivedSource, Standing
from app.provenance.sources import MILESTONE, Source

R = TypeVar("R")

CHANGED_SINCE = (
    "Changed since: something that this was made from has been deleted, and its words with it. Ask for it again to have"
    " it made from what is there now."
)
CHANGED_MEANWHILE = "Something that this is made from was deleted meanwhile; please ask again"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The sources of one text, each with how it stands."""

    standings: Mapping[Source, Standing] = field(default_factory=dict)

    @property
    def stale(self) -> bool:
        return any(standing is not Standing.FRESH for standing in self.standings.values())

    @property
    def is_gone(self) -> bool:
        """Whether words of something that was deleted may be in the text."""
        return Standing.DELETED in self.standings.values()

    @property
    def sources(self) -> list[JSONObject]:
        """As clients are told; milestones are part of their goal."""
        return [{"type": one.type, "id": one.id} for one in sorted(self.standings) if one.type != MILESTONE]


UNKNOWN = Provenance()


@dataclass(frozen=True, slots=True)
class Kept(Generic[R]):
    """A text that is kept, with what it was made from."""

    subject: R
    provenance: Provenance = UNKNOWN

    @property
    def stale(self) -> bool:
        return self.provenance.stale

    @property
    def sources(self) -> list[JSONObject]:
        return self.provenance.sources


def hold(session: Session, owner: Owner, sources: Iterable[Source]) -> Provenance:
    """How sources stand now that a text was made from them; they stay so until the transaction ends."""
    known = {(source.type, source.id): source for source in sources}
    current = rows.versions(session, owner, known.values())
    return Provenance({source: _standing(source, current.get(key)) for key, source in known.items()})


def _standing(source: Source, version: str | None) -> Standing:
    if version is None:
        return Standing.DELETED
    return Standing.FRESH if version == source.version else Standing.CHANGED


def record(session: Session, owner: Owner, table: str, derived_id: str, held: Provenance) -> None:
    """In the transaction that stores the text, after it; in place of what an older text was made from."""
    session.execute(delete(DerivedSource).where(*_of(owner, table, [derived_id])))
    moment = now()
    made = [
        {
            **owner_columns(owner), "derived_type": table, "derived_id": derived_id, "source_type": source.type,
            "source_id": source.id, "version": source.version, "standing": standing, "made_at": moment,
        }
        for source, standing in held.standings.items()
    ]  # fmt: skip
    if made:
        session.execute(insert(DerivedSource), made)


def of(session: Session, owner: Owner, table: str, derived_id: str) -> Provenance:
    return of_many(session, owner, table, [derived_id]).get(derived_id, UNKNOWN)


def of_many(session: Session, owner: Owner, table: str, ids: Collection[str]) -> dict[str, Provenance]:
    found: dict[str, dict[Source, Standing]] = {}
    query = select(DerivedSource).where(*_of(owner, table, ids))
    for row in session.scalars(query.order_by(DerivedSource.source_type, DerivedSource.source_id)) if ids else ():
        source = Source(row.source_type, row.source_id, row.version)
        found.setdefault(row.derived_id, {})[source] = Standing(row.standing)
    return {key: Provenance(standings) for key, standings in found.items()}


def stale_ids(owner: Owner, table: str) -> Select[str]:
    """Of the owner's texts in a table those that have a source which is not as it was."""
    its = DerivedSource.owned_by(owner), DerivedSource.derived_type == table
    return select(DerivedSource.derived_id).where(*its, DerivedSource.standing != Standing.FRESH)


def forget(session: Session, tables: Sequence[str], before: datetime) -> None:
    """What is known of texts that are kept for a while only."""
    old = and_(DerivedSource.derived_type.in_(tables), DerivedSource.made_at < before)
    session.execute(delete(DerivedSource).where(old))


def _of(owner: Owner, table: str, ids: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return DerivedSource.owned_by(owner), DerivedSource.derived_type == table, DerivedSource.derived_id.in_(ids)
