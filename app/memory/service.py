"""What a person sees of what is remembered, and does with it."""

from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import NotFound
from app.core.json import JSONObject
from app.db.pages import Page, PageRequest, keyset_page
from app.db.statements import Statement
from app.memory import documents, keeping
from app.memory.models import Fact, FactKind, FactState
from app.provenance import service as provenance
from app.provenance.service import UNKNOWN, Provenance

HOLD = Statement("""SELECT id FROM chat_sessions
  WHERE tenant_id = :tenant AND user_id = :user AND summary IS NOT NULL ORDER BY id FOR UPDATE""")


class Changes(TypedDict, total=False):
    """What is not named stays as it is. ``accepted`` is the explicit yes to a fact that is proposed."""

    text: str
    kind: FactKind
    pinned: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A fact with what it rests on."""

    subject: Fact
    provenance: Provenance = UNKNOWN

    @property
    def id(self) -> str:
        return self.subject.id

    @property
    def sources(self) -> list[JSONObject]:
        return self.provenance.sources


def page(session: Session, principal: Principal, asked: PageRequest) -> Page[Shown]:
    """Newest first, with what is superseded and what waits for a yes."""
    found = keyset_page(session, select(Fact).where(Fact.owned_by(principal)), Fact.created_at, principal, asked)
    known = provenance.of_many(session, principal, keeping.TABLE, [fact.id for fact in found.items])
    shown = [Shown(fact, known.get(fact.id, UNKNOWN)) for fact in found.items]
    return Page(shown, found.has_more, found.next_cursor)


def find(session: Session, principal: Principal, fact_id: str) -> Shown:
    return _shown(session, principal, _find(session, principal, fact_id))


def update(session: Session, principal: Principal, fact_id: str, changes: Changes) -> Shown:
    keeping.hold(session, principal)
    fact = _find(session, principal, fact_id, lock=True)
    fact.text, fact.kind = changes.get("text", fact.text), changes.get("kind", fact.kind)
    fact.pinned, fact.updated_at = changes.get("pinned", fact.pinned), now()
    session.flush()
    if changes.get("accepted") and fact.state == FactState.PROPOSED:
        keeping.take_up(session, fact)
    elif fact.state == FactState.KEPT and fact.superseded_by is None:
        documents.put(session, fact)
    return _shown(session, principal, fact)


def remove(session: Session, principal: Principal, fact_id: str) -> None:
    """With those that it superseded, its piece of the index and the summaries in which it may be told: by trigger."""
    _hold(session, principal)
    session.execute(delete(Fact).where(Fact.id == _find(session, principal, fact_id).id))


def remove_all(session: Session, principal: Principal) -> dict[str, object]:
    _hold(session, principal)
    gone = session.scalars(delete(Fact).where(Fact.owned_by(principal)).returning(Fact.id)).all()
    return {"success": True, "message": "Memory deleted successfully", "count": len(gone)}


def _hold(session: Session, principal: Principal) -> None:
    """Conversations before facts, as whoever deletes one does."""
    HOLD.rows(session, {"tenant": principal.tenant_id, "user": principal.user_id})
    keeping.hold(session, principal)


def _find(session: Session, principal: Principal, fact_id: str, *, lock: bool = False) -> Fact:
    query = select(Fact).where(Fact.id == fact_id, Fact.owned_by(principal))
    fact = session.scalar(query.with_for_update() if lock else query)
    if fact is None:
        raise NotFound("Fact not found")
    return fact


def _shown(session: Session, principal: Principal, fact: Fact) -> Shown:
    return Shown(fact, provenance.of(session, principal, keeping.TABLE, fact.id))
