"""The built-in workspace as a source: its own tables, in one short session."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.db.session import Database
from app.workspace.records import reading
from app.workspace.records.models import Collection
from app.workspace.sources.interfaces import KEYS, DataAccess, Gathered, RowMissing, Source, SourceFailed

ROWS = {
    Source.STRATEGIES: Collection.STRATEGIES,
    Source.MEASURES: Collection.MEASURES,
    Source.ACTIONS: Collection.ACTIONS,
    Source.ISSUES: Collection.ISSUES,
    Source.PEOPLE: Collection.PEOPLE,
    Source.DEPARTMENTS: Collection.DEPARTMENTS,
    Source.POSITIONS: Collection.POSITIONS,
}
ROW = {
    Source.STRATEGY: Collection.STRATEGIES,
    Source.MEASURE: Collection.MEASURES,
    Source.ACTION: Collection.ACTIONS,
    Source.ISSUE: Collection.ISSUES,
    Source.PERSON: Collection.PEOPLE,
    Source.POSITION: Collection.POSITIONS,
}


class Workspace:
    """The tenant's own rows, and the caller's own goals."""

    needs_token = False

    def __init__(self, db: Database) -> None:
        self._db = db

    def gather(self, wanted: Iterable[Source], access: DataAccess, ids: Mapping[str, str]) -> Gathered:
        try:
            with self._db.read() as session:
                return {source: _document(session, source, access.principal, ids) for source in wanted}
        except SQLAlchemyError:
            return {source: SourceFailed() for source in wanted}


def _document(session: Session, source: Source, principal: Principal, ids: Mapping[str, str]) -> Any:
    if source in KEYS:
        return _one(session, source, principal, ids[KEYS[source]])
    return _MANY[source](session, principal) if source in _MANY else _rows(session, source, principal)


def _one(session: Session, source: Source, principal: Principal, row_id: str) -> Any:
    if source is Source.GOAL:
        found = reading.goal(session, principal, row_id)
    else:
        found = reading.row(session, principal.tenant_id, ROW[source], row_id)
    return found or RowMissing(source, row_id)


def _rows(session: Session, source: Source, principal: Principal) -> Any:
    return reading.rows(session, principal.tenant_id, ROWS[source])


_MANY: dict[Source, Callable[[Session, Principal], Any]] = {
    Source.ONBOARDING: lambda session, principal: reading.foundation(session, principal.tenant_id),
    Source.GOALS: reading.goals,
}
