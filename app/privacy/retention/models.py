"""How long a tenant's rows are kept, where operators have set it."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.json import JSONObject
from app.db.privacy import OfTeam
from app.db.session import Base


class TenantRetention(Base):
    """``days`` by kind of row, null for what is kept; what is not named is as the settings say."""

    __tablename__ = "tenant_retention"
    privacy = OfTeam(names=("updated_by",))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    days: Mapped[JSONObject]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(128))
