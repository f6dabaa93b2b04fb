"""Answers of topics that are kept for a day: the same question of the same tenant asks no model twice."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy import select

from app.core.clock import now
from app.db.session import Database
from app.turns import once as answers
from app.turns.idempotency import LIFE, Claim, IdempotencyKey

Body = dict[str, Any]


def once(db: Database, tenant: str, topic_id: str, question: Mapping[str, Any], work: Callable[[], Body]) -> Body:
    """``work`` is done by whoever asks first; the others wait for it. What fails is forgotten."""
    digest = hashlib.sha256(msgspec.json.encode(question, order="sorted")).hexdigest()
    return answers.once(db, Claim(_owner(tenant), f"{topic_id}:{digest}", digest), work)


def find(db: Database, tenant: str, topic_id: str, field: str, value: str) -> Body | None:
    """A kept answer by a field of its data."""
    query = select(IdempotencyKey.answer).where(
        IdempotencyKey.owner == _owner(tenant),
        IdempotencyKey.key.startswith(f"{topic_id}:", autoescape=True),
        IdempotencyKey.created_at > now() - LIFE,
        IdempotencyKey.answer["data"][field].astext == value,
    )
    with db.read() as session:
        return session.scalar(query.limit(1))


def _owner(tenant: str) -> str:
    return f"kept:{tenant}"
