"""What happened for a person while somebody else worked: kept in order, told to their sockets, replayed on demand."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.ownership import Owned
from app.db.privacy import Ages, OfPerson
from app.db.session import Base


class FeedEvent(Owned, Base):
    """One event of one person's feed, or, without a person, of the tenant's.

    Ids of a person and their tenant grow in the order in which their transactions committed.
    """

    __tablename__ = "feed_events"
    privacy = OfPerson(
        about="data", unexported="Tells of rows that an export has; for some days", ages=Ages(kind=Aging.EVENTS)
    )
    __table_args__ = (
        Index("ix_feed_events_owner", "tenant_id", "user_id", "id"),
        Index("ix_feed_events_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    data: Mapped[JSONObject]
    created_at: Mapped[datetime] = mapped_column(default=now)
