"""What a coach is told of what it remembers: pinned facts, those that are asked about, the newest; in a budget."""

from collections.abc import Sequence

from sqlalchemy import Connection

from app.db.ownership import Owner
from app.db.statements import Statement
from app.memory.documents import MEMORY
from app.retrieval import context
from app.retrieval.index import Document
from app.retrieval.search import Hit

TOKEN_BUDGET = 1000
MOST = 40

FACTS = Statement("""SELECT id, kind, text, said_at FROM memory_facts
WHERE tenant_id = :tenant AND user_id = :user AND state = 'kept' AND superseded_by IS NULL AND coalesce(
  (SELECT enabled FROM memory_settings WHERE tenant_id = :tenant AND user_id = :user), true)
ORDER BY pinned DESC, array_position(CAST(:found AS text[]), CAST(id AS text)) NULLS LAST, said_at DESC, id
LIMIT :most""")


def facts(connection: Connection, owner: Owner, hits: Sequence[Hit]) -> list[Document]:
    """``hits`` are what the search brought, of whatever kind; none for who has memory off."""
    found = [hit.source_id for hit in hits if hit.kind == MEMORY and hit.matched]
    values = {"tenant": owner.tenant_id, "user": owner.user_id, "found": found, "most": MOST}
    rows = FACTS.rows(connection, values)
    return context.fit(
        [Document(MEMORY, row.id, "", row.text, row.said_at, {"about": row.kind}) for row in rows], TOKEN_BUDGET
    )


def without(hits: Sequence[Hit]) -> list[Hit]:
    """The documents among the hits: facts have a place of their own."""
    return [hit for hit in hits if hit.kind != MEMORY]
