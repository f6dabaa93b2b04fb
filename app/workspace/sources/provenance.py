"""The rows behind documents that were gathered, where they are ours."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.json import JSONObject, as_object, objects_of
from app.db.session import Database
from app.provenance.sources import GOAL, Source, version_of, versions
from app.workspace import indexing
from app.workspace.models import Milestone
from app.workspace.records.collections import BY_SINGULAR, KINDS
from app.workspace.records.models import Collection, Record
from app.workspace.sources import interfaces
from app.workspace.sources.interfaces import Gathered

FOUNDATION = interfaces.Source.ONBOARDING


def gathered_sources(db: Database, principal: Principal, gathered: Gathered, *, only_ours: bool) -> list[Source]:
    """``only_ours`` says that no document is a customer's own service's: those are not known here, and not recorded."""
    found = [source for name in gathered for source in _rows(name, gathered)]
    with db.read() as session:
        found += _foundation(session, principal) if FOUNDATION in gathered else []
        goals = [source.id for source in found if source.type == GOAL]
        found += _milestones(session, principal, goals) if goals else []
        known = None if only_ours else versions(session, principal, found)
    return [source for source in dict.fromkeys(found) if known is None or (source.type, source.id) in known]


def _rows(name: interfaces.Source, gathered: Gathered) -> Iterator[Source]:
    kind = KINDS.get(name) or BY_SINGULAR.get(name)
    rows = _documents(gathered, name) if kind else []
    for row in rows:
        if kind and row.get("id") and row.get("updatedAt"):
            yield Source(kind.name if kind.name != "goals" else GOAL, str(row["id"]), version_of(str(row["updatedAt"])))


def _documents(gathered: Gathered, name: interfaces.Source) -> Sequence[JSONObject]:
    document = gathered[name]
    if isinstance(document, Exception):
        return []
    return objects_of(document) if isinstance(document, list) else [as_object(document)]


def _foundation(session: Session, principal: Principal) -> list[Source]:
    its = Record.tenant_id == principal.tenant_id, Record.collection == Collection.FOUNDATION
    rows = session.execute(select(Record.id, Record.updated_at).where(*its))
    return [Source(Collection.FOUNDATION, key, version_of(updated_at)) for key, updated_at in rows]


def _milestones(session: Session, principal: Principal, goal_ids: Sequence[str]) -> list[Source]:
    its = Milestone.owned_by(principal), Milestone.goal_id.in_(goal_ids)
    return [indexing.milestone_source(step) for step in session.scalars(select(Milestone).where(*its))]
