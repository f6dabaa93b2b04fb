"""Rows that texts are made from, and the versions that they have."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.clock import iso
from app.db.ownership import Owner
from app.db.statements import Statement

JOURNAL, GOAL, MILESTONE, PROGRESS, MESSAGE = "journal", "goal", "milestone", "progress", "message"

# Of the person, or left to the team by somebody who is gone. Whoever changes or deletes such a row waits until the
# transaction ends: it finds out then what is made of it.
_OWN = "FROM {} WHERE tenant_id = :tenant AND user_id IN (:user, '') AND id = ANY(:ids) ORDER BY id FOR SHARE"
_HOLD: Mapping[str, Statement] = {
    JOURNAL: Statement(f"SELECT id, updated_at {_OWN.format('journal_entries')}"),
    GOAL: Statement(f"SELECT id, updated_at {_OWN.format('goals')}"),
    MILESTONE: Statement(f"SELECT id, title, due_date, completed_at {_OWN.format('milestones')}"),
    PROGRESS: Statement(f"SELECT id, created_at {_OWN.format('progress_updates')}"),
    MESSAGE: Statement("""SELECT m.id, m.created_at FROM chat_messages AS m
      JOIN chat_sessions AS s ON s.id = m.session_id AND s.tenant_id = :tenant AND s.user_id = :user
      WHERE m.id = ANY(:ids) ORDER BY m.id FOR SHARE OF m"""),
}
_HOLD_RECORDS = Statement("""SELECT id, updated_at FROM workspace_records
  WHERE tenant_id = :tenant AND collection = :kind AND id = ANY(:ids) ORDER BY id FOR SHARE""")
_ORDER = (MESSAGE, JOURNAL, GOAL, MILESTONE, PROGRESS)  # the rest are records, by their names


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """``type`` is what kind of document it is; of a row of the business, its collection."""

    type: str
    id: str
    version: str


def version_of(*facts: datetime | str | None) -> str:
    """By what tells one state of a row from another: when it was changed last, else its contents."""
    texts = [iso(fact) if isinstance(fact, datetime) else str(fact) for fact in facts]
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:32]


def versions(session: Session, owner: Owner, sources: Iterable[Source]) -> dict[tuple[str, str], str]:
    """As they are now, until the transaction ends. Those that are not there are deleted."""
    ids: dict[str, list[str]] = {}
    for source in sources:
        ids.setdefault(source.type, []).append(source.id)
    kinds = sorted(ids, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))
    return {(kind, key): version for kind in kinds for key, version in _held(session, owner, kind, ids[kind]).items()}


def _held(session: Session, owner: Owner, kind: str, ids: list[str]) -> dict[str, str]:
    values = {"tenant": owner.tenant_id, "user": owner.user_id, "kind": kind, "ids": ids}
    rows = _HOLD.get(kind, _HOLD_RECORDS).rows(session, values)
    return {row[0]: version_of(*row[1:]) for row in rows}
