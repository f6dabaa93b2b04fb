"""API keys at rest: a public prefix to find them by, and a keyed hash."""

from datetime import datetime

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.auth.principals import Scope
from app.core.clock import now
from app.core.ids import new_id
from app.core.json import to_json
from app.db.session import Base

EMPTY = "[]"


class ApiKey(Base):
    """A machine's key of one tenant. ``digest`` is HMAC-SHA-256; the key itself is shown once and not kept.

    ``allow`` is the contract's list, where each entry may be met by page, host or address; ``origins``, ``hosts`` and
    ``networks`` are lists that each must be met. ``last_used_at`` is right to a minute or two.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("uq_api_keys_live_name", "tenant_id", "name", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("key"))
    tenant_id: Mapped[str] = mapped_column(String(128))
    name: Mapped[str] = mapped_column(String(100))
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    allow: Mapped[list[str]] = mapped_column(default=list)
    origins: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    hosts: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    networks: Mapped[list[str]] = mapped_column(default=list, server_default=EMPTY)
    scopes: Mapped[list[str]] = mapped_column(default=lambda: list(Scope), server_default=to_json(list(Scope)))
    rate: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
