"""The built-in workspace as a source: its own tables, in one short session."""

from collections.abc import Iterable, Mapping

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.errors import AppError
from app.core.json import JSONValue
from app.db.session import Database
from app.workspace.records import store
from app.workspace.records.collections import BY_SINGULAR, KINDS
from app.workspace.sources.interfaces import KEYS, DataAccess, Gathered, RowMissing, Source, SourceFailed


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


def _document(session: Session, source: Source, principal: Principal, ids: Mapping[str, str]) -> JSONValue | AppError:
    if source is Source.ONBOARDING:
        return store.foundation(session, principal.tenant_id)
    if source in KEYS:
        row_id = ids[KEYS[source]]
        return BY_SINGULAR[source].store.read(session, principal, row_id) or RowMissing(source, row_id)
    return KINDS[source].store.newest(session, principal)
