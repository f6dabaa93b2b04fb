"""What a business is made of: rows of a whole tenant, each a document in the camelCase fields of its collection."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Identity, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.json import JSONObject
from app.db.privacy import OfTeam
from app.db.session import Base


class Collection(StrEnum):
    FOUNDATION = "foundation"  # one document, under an id of the same name
    STRATEGIES = "strategies"
    MEASURES = "measures"
    ACTIONS = "actions"
    ISSUES = "issues"
    PEOPLE = "people"
    DEPARTMENTS = "departments"
    POSITIONS = "positions"


class Record(Base):
    """One row of a collection. Its id is unique within its tenant and collection; everybody of the tenant shares it."""

    __tablename__ = "workspace_records"
    privacy = OfTeam(names=("document",))
    __table_args__ = (
        Index("ix_workspace_records_listed", "tenant_id", "collection", text("created_at DESC"), text("id DESC")),
    )

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    collection: Mapped[str] = mapped_column(String(20), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    document: Mapped[JSONObject] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class MeasureValue(Base):
    """A value that a measure had, from ``recorded_at`` on."""

    __tablename__ = "measure_values"
    privacy = OfTeam()
    __table_args__ = (Index("ix_measure_values_measure", "tenant_id", "measure_id", text("id DESC")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(128))
    measure_id: Mapped[str] = mapped_column(String(64))
    value: Mapped[float]
    recorded_at: Mapped[datetime] = mapped_column(default=now)
