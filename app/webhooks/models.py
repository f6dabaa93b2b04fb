"""What each tenant checks our webhooks with."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.db.privacy import OfTeam
from app.db.session import Base


class Disclosure(StrEnum):
    """Whether a stored webhook secret is still shown to who asks for it."""

    ALWAYS = "always"  # one from before secrets were stored: receivers read it at each start
    ONCE = "once"
    NEVER = "never"


class WebhookSecret(Base):
    """A tenant's newest webhook secret. Until ``previous_until`` the one before is in force, and this one beside it."""

    __tablename__ = "webhook_secrets"
    privacy = OfTeam(unexported="Secrets", secrets=("secret", "previous"))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    secret: Mapped[str] = mapped_column(String(100))
    disclosure: Mapped[Disclosure] = mapped_column(String(6), default=Disclosure.ONCE)
    previous: Mapped[str | None] = mapped_column(String(100))
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
