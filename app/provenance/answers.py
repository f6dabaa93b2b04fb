"""Answers that are kept for whoever sends the same request again, and what they were made from."""

from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy.orm import Session

from app.core.json import JSONValue
from app.db.ownership import Owner
from app.db.session import Database
from app.provenance import service as provenance
from app.provenance.service import UNKNOWN
from app.provenance.sources import Source
from app.turns.idempotency import Claim, IdempotencyKey

TABLE = IdempotencyKey.__tablename__
MADE_OF = "made_of"  # a field of an answer that no schema shows


def noted(sources: Iterable[Source]) -> list[JSONValue]:
    return [[source.type, source.id, source.version] for source in sources]


def keep(owner: Owner, claim: Claim, session: Session, answer: Mapping[str, object]) -> bool:
    """Whether nothing that it was made from has been deleted; what it is made from is recorded."""
    made_of = cast(list[tuple[str, str, str]], answer.get(MADE_OF, []))
    held = provenance.hold(session, owner, [Source(*facts) for facts in made_of])
    if not held.is_gone:
        provenance.record(session, owner, TABLE, _id(claim), held)
    return not held.is_gone


def about(db: Database, owner: Owner, claim: Claim | None) -> dict[str, object]:
    """How an answer stands that may have been kept for some time."""
    with db.read() as session:
        found = provenance.of(session, owner, TABLE, _id(claim)) if claim else UNKNOWN
    return {"stale": found.stale, "sources": found.sources}


def _id(claim: Claim) -> str:
    """The owner of a key has no space in it."""
    return f"{claim.owner} {claim.key}"
