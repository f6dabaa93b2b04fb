"""Answers of topics that are kept for a day: the same question of the same tenant asks no model twice."""

import hashlib
from collections.abc import Callable

import msgspec
from sqlalchemy import select

from app.core.clock import now
from app.core.json import JSONObject
from app.db.session import Database
from app.topics.topic import Outcome
from app.turns.idempotency import KEPT, LIFE, Claim, IdempotencyKey
from app.turns.once import once


def get_or_compute(
    db: Database, tenant: str, topic_id: str, question: JSONObject, compute: Callable[[], Outcome]
) -> Outcome:
    """Whoever asks first computes; the others wait for it. A failure is not kept."""
    digest = hashlib.sha256(msgspec.json.encode(question, order="sorted")).hexdigest()
    claim = Claim(KEPT.format(tenant), f"{topic_id}:{digest}", digest)
    return msgspec.convert(once(db, claim, lambda: msgspec.to_builtins(compute())), Outcome)


def find(db: Database, tenant: str, topic_id: str, field: str, value: str) -> Outcome | None:
    """A kept answer by a field of its data."""
    query = select(IdempotencyKey.answer).where(
        IdempotencyKey.owner == KEPT.format(tenant),
        IdempotencyKey.key.startswith(f"{topic_id}:", autoescape=True),
        IdempotencyKey.created_at > now() - LIFE,
        IdempotencyKey.answer["data"][field].astext == value,
    )
    with db.read() as session:
        found = session.scalar(query.limit(1))
    return msgspec.convert(found, Outcome) if found else None
