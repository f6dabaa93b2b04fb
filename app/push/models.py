"""Browsers that a person lets us send to, and the key that their push services know us by."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.db.ownership import Owned
from app.db.privacy import OfNobody, OfPerson
from app.db.restoring import Stays
from app.db.session import Base


class PushSubscription(Owned, Base):
    """``receiver`` is the browser's public key and ``secret`` what it shares with us, both base64; see RFC 8291."""

    __tablename__ = "push_subscriptions"
    privacy = OfPerson(
        secrets=("endpoint", "receiver", "secret"),
        restored=Stays("Each browser is asked anew whether it may be sent to"),
    )
    __table_args__ = (Index("uq_push_subscriptions_endpoint", "tenant_id", "user_id", "endpoint", unique=True),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("push"))
    endpoint: Mapped[str] = mapped_column(String(1000))
    receiver: Mapped[str] = mapped_column(String(100))
    secret: Mapped[str] = mapped_column(String(40))
    contact: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(default=now)


class PushKey(Base):
    """The one row there is."""

    __tablename__ = "push_keys"
    privacy = OfNobody(why="The service's own key")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pem: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
