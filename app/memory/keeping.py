"""Storing what was found: said again, corrected or new; nothing twice, and nothing whose sources are gone."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import joined
from app.db.locks import advisory_lock
from app.db.ownership import Owner, owner_columns
from app.memory import documents
from app.memory.interfaces import Found
from app.memory.models import Fact, FactState
from app.memory.wording import beginnings, is_same
from app.provenance import service as provenance

TABLE = Fact.__tablename__
MOST_KNOWN = 60  # that a model is shown
MOST_COMPARED = 1000
MOST_SOURCES = 12  # of a fact that is said again and again


def known(session: Session, owner: Owner) -> Sequence[Fact]:
    """What counts now, with what waits for a yes; what was said last first."""
    return session.scalars(_current(owner, MOST_KNOWN)).all()


def hold(session: Session, owner: Owner) -> None:
    """A person's facts are changed by one at a time. Before facts, after conversations."""
    advisory_lock(session, f"memory:{joined(owner.tenant_id, owner.user_id)}")


def keep(session: Session, owner: Owner, found: Sequence[Found]) -> None:
    """Whoever calls sees to it that nobody deletes the sources meanwhile."""
    hold(session, owner)
    current = list(session.scalars(_current(owner, MOST_COMPARED).with_for_update(key_share=True)))
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


def _current(owner: Owner, most: int) -> Select[Fact]:
    counts = Fact.owned_by(owner), Fact.superseded_by.is_(None)
    return select(Fact).where(*counts).order_by(Fact.said_at.desc(), Fact.id).limit(most)


def _new(session: Session, owner: Owner, one: Found, current: Sequence[Fact]) -> Fact | None:
    held = provenance.hold(session, owner, one.sources)
    if held.is_gone:
        return None
    old = next((fact for fact in current if fact.id == one.known and _is_about_the_same(fact, one)), None)
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


def _is_about_the_same(fact: Fact, one: Found) -> bool:
    """A model may name one that has nothing to do with it."""
    return fact.kind == one.kind or bool(beginnings(fact.text) & beginnings(one.text))


def _say_again(session: Session, owner: Owner, fact: Fact, one: Found) -> None:
    """Later, and with what it rests on now."""
    before = provenance.of(session, owner, TABLE, fact.id).standings
    held = provenance.hold(session, owner, [*before, *one.sources][:MOST_SOURCES])
    if not held.is_gone:
        provenance.record(session, owner, TABLE, fact.id, held)
        fact.said_at, fact.updated_at = max(fact.said_at, one.said_at), now()
