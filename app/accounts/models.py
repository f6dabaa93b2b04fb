"""What a person has set for themselves, what their model calls cost, and what a tenant may spend."""

import re
from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.care import countries
from app.care.schemas import LANGUAGE
from app.core.clock import now
from app.core.json import JSONObject
from app.core.retention import Aging
from app.core.weeks import exists
from app.db.ownership import Owned
from app.db.privacy import Ages, OfPerson, OfTeam
from app.db.restoring import Restored, Stays
from app.db.session import Base

THIS_MONTH = "date_trunc('month', clock_timestamp(), 'UTC')"  # budgets of it are summed up from its calls


def as_restored(row: JSONObject) -> JSONObject:
    country, language = str(row.get("country") or ""), str(row.get("language") or "")
    is_country = not country or countries.exists(country)
    if not is_country or not exists(str(row.get("timezone"))) or not re.fullmatch(LANGUAGE, language):
        raise ValueError("not settings of a person")
    return row


class AccountSettings(Owned, Base):
    """A person's settings; whoever has no row has the defaults. An empty ``language`` is that of what they write.

    ``country`` (ISO 3166-1) says whose helplines they are shown.
    """

    __tablename__ = "account_settings"
    privacy = OfPerson(restored=Restored(mended=as_restored))
    __table_args__ = (Index("ix_account_settings_digest", "timezone", postgresql_where=text("weekly_digest")),)

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    language: Mapped[str] = mapped_column(String(35), default="")
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")
    weekly_digest: Mapped[bool] = mapped_column(default=False)
    personality_id: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class ModelCall(Owned, Base):
    """What one model call cost. ``cost`` is in US dollars and null when the price is unknown; times in milliseconds.

    ``operation`` is ``chat``, ``embeddings``, ``speech`` (``quantity``: characters) or ``transcription`` (seconds).
    """

    __tablename__ = "model_calls"
    privacy = OfPerson(
        secrets=("cost",), names=("user_id",), kept="What the tenant spent, without the name: for ever",
        ages=Ages(kind=Aging.USAGE, unless=f"created_at >= {THIS_MONTH}"),
        restored=Stays("What was spent is counted where it was"),
    )  # fmt: skip
    __table_args__ = (
        Index("ix_model_calls_owner", "tenant_id", "user_id", "created_at"),
        Index("ix_model_calls_tenant", "tenant_id", "created_at"),
        Index("ix_model_calls_created_at", "created_at", postgresql_using="brin"),
        Index("ix_model_calls_key", "key_id", "created_at", postgresql_where=text("key_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
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
    key_id: Mapped[str | None] = mapped_column(String(64))  # where a machine asked
    operation: Mapped[str] = mapped_column(String(16), default="chat", server_default="chat")
    quantity: Mapped[float | None] = mapped_column(Numeric(14, 3, asdecimal=False))


class TenantBudgets(Base):
    """What operators have set for a tenant instead of the settings: by name, null for no budget."""

    __tablename__ = "tenant_budgets"
    privacy = OfTeam(names=("updated_by",))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    budgets: Mapped[JSONObject]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128))
