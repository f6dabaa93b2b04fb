"""Storing what was found: said again, corrected or new; nothing twice, and nothing whose sources are gone."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import joined
from app.db.locks import advisory_lock
from app.db.ownership import Owner, owner_columns
from app.memory import documents
from app.memory.interfaces import Found
from app.memory.models import Fact, FactState
from app.provenance import service as provenance
from app.retrieval.words import words

TABLE = Fact.__tablename__
MOST_KNOWN = 60  # that a model is shown
MOST_COMPARED = 1000
MOST_SOURCES = 12  # of a fact that is said again and again
ALIKE = 0.8  # of all their words, from which two texts are one fact


def known(session: Session, owner: Owner, most: int = MOST_KNOWN) -> Sequence[Fact]:
    """What counts now, with what waits for a yes; what was said last first."""
    counts = Fact.owned_by(owner), Fact.superseded_by.is_(None)
    return session.scalars(select(Fact).where(*counts).order_by(Fact.said_at.desc(), Fact.id).limit(most)).all()


def keep(session: Session, owner: Owner, found: Sequence[Found]) -> None:
    """One at a time for each person. Whoever calls sees to it that nobody deletes the sources meanwhile."""
    advisory_lock(session, f"memory:{joined(owner.tenant_id, owner.user_id)}")
    current = list(known(session, owner, MOST_COMPARED))
    for one in found:
        same = next((fact for fact in current if is_same(fact.text, one.text)), None)
        if same is not None:
            _say_again(session, owner, same, one)
        elif made := _new(session, owner, one, current):
            current = [made, *(fact for fact in current if fact.superseded_by is None)]


def take_up(session: Session, fact: Fact) -> None:
    """It may be used from now on, in place of what it replaces."""
    fact.state = FactState.KEPT
    waits = Fact.owned_by(fact), Fact.id == fact.replaces, Fact.superseded_by.is_(None)
    old = session.scalar(select(Fact).where(*waits)) if fact.replaces else None
    if old is not None:
        old.superseded_by, old.updated_at, fact.pinned = fact.id, now(), fact.pinned or old.pinned
        documents.remove(session, old)
    session.flush()
    documents.put(session, fact)


def is_same(one: str, other: str) -> bool:
    mine, its = set(words(one)), set(words(other))
    return len(mine & its) >= ALIKE * len(mine | its)


def _new(session: Session, owner: Owner, one: Found, current: Sequence[Fact]) -> Fact | None:
    held = provenance.hold(session, owner, one.sources)
    if held.is_gone:
        return None
    old = next((fact for fact in current if fact.id == one.known), None)
    fact = Fact(
        **owner_columns(owner), kind=one.kind, text=one.text, state=FactState.PROPOSED, special=one.special,
        replaces=old.id if old else None, said_at=one.said_at,
    )  # fmt: skip
    session.add(fact)
    session.flush()
    provenance.record(session, owner, TABLE, fact.id, held)
    if fact.special is None:
        take_up(session, fact)
    return fact


def _say_again(session: Session, owner: Owner, fact: Fact, one: Found) -> None:
    """Later, and with what it rests on now."""
    before = provenance.of(session, owner, TABLE, fact.id).standings
    held = provenance.hold(session, owner, [*before, *one.sources][:MOST_SOURCES])
    if not held.is_gone:
        provenance.record(session, owner, TABLE, fact.id, held)
        fact.said_at, fact.updated_at = max(fact.said_at, one.said_at), now()
