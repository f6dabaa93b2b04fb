"""Facts that come along are found as those that were made here: the index has what counts and is kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.imports.ids import Ids
from app.imports.items import ImportedRow
from app.imports.models import ImportRow
from app.imports.restored import Target
from app.memory import documents
from app.memory.models import Fact, FactState
from app.retrieval.models import DocumentChunk
from app.workspace import indexing

TABLE = Fact.__tablename__


def index(session: Session, target: Target, rows: Sequence[ImportedRow], ids: Ids) -> None:
    """Of these rows those that this import has brought, once each."""
    made = [ids.of(TABLE, str(row.values.get("id"))) for row in rows if row.table == TABLE]
    if not made:
        return
    its = ImportRow.owned_by(target.principal), ImportRow.import_id == target.import_id, ImportRow.table == TABLE
    brought = select(ImportRow.row_id).where(*its, ImportRow.row_id.in_(made))
    there = select(DocumentChunk.source_id).where(
        DocumentChunk.owned_by(target.principal), DocumentChunk.source_id.in_(made)
    )
    counts = Fact.state == FactState.KEPT, Fact.superseded_by.is_(None), Fact.owned_by(target.principal)
    facts = session.scalars(select(Fact).where(*counts, Fact.id.in_(brought), Fact.id.not_in(there)))
    indexing.put_new(session, target.principal, [documents.of_fact(fact) for fact in facts])
