"""The ledger of model calls."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.session import Base


class ModelCall(Base):
    """What one model call cost. ``cost`` is in US dollars and null when the price is unknown; times in milliseconds."""

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_owner", "tenant_id", "user_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[str] = mapped_column(String(128))
    feature: Mapped[str] = mapped_column(String(60))
    provider: Mapped[str] = mapped_column(String(40))
    model: Mapped[str] = mapped_column(String(120))
    input_tokens: Mapped[int]
    output_tokens: Mapped[int]
    estimated: Mapped[bool]
    cost: Mapped[float | None] = mapped_column(Numeric(14, 8, asdecimal=False))
    latency_ms: Mapped[int]
    first_token_ms: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int]
    created_at: Mapped[datetime]
