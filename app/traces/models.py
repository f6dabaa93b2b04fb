"""How turns went, and which tenants let operators read the words that belong to it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Numeric, String, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.retention import Aging
from app.db.ownership import Owned
from app.db.privacy import Ages, OfPerson, OfTeam
from app.db.restoring import Stays
from app.db.session import Base

OF_THERE = Stays("How an answer was made is told where it was made")


class TurnTrace(Owned, Base):
    """One turn, without its words: ids, scores, times and counts. ``cost`` is the sum of what has a price.

    ``answer_id`` and ``conversation_id`` are those of ``app.turns.trace.Answer``.
    """

    __tablename__ = "turn_traces"
    privacy = OfPerson(ages=Ages(kind=Aging.TRACES), restored=OF_THERE)
    __table_args__ = (
        Index("ix_turn_traces_owner", "tenant_id", "user_id", "id"),
        Index("ix_turn_traces_answer", "answer_id", postgresql_where=text("answer_id <> ''")),
        Index("ix_turn_traces_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    feature: Mapped[str] = mapped_column(String(120))
    answer_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str] = mapped_column(String(128))
    request_id: Mapped[str] = mapped_column(String(128))
    outcome: Mapped[str] = mapped_column(String(60))
    ms: Mapped[float]
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    cost: Mapped[float] = mapped_column(Numeric(14, 8, asdecimal=False))
    unpriced: Mapped[int]
    stages: Mapped[list[Any]] = mapped_column(JSONB)
    retrieved: Mapped[list[Any]] = mapped_column(JSONB)
    calls: Mapped[list[Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)


class TenantTraces(Base):
    """A tenant without a row lets operators read no words."""

    __tablename__ = "tenant_traces"
    privacy = OfTeam(names=("updated_by",))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    operators_read_words: Mapped[bool] = mapped_column(default=False, server_default=false())
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128))
