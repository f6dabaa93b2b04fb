"""Insights about a business, and conversations about it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.leases import Lease
from app.db.ownership import Owned
from app.db.privacy import Ages, Derivation, OfPerson, PartOf
from app.db.restoring import Restored
from app.db.session import Base

IS_YOUNG = """busy_until > clock_timestamp() OR EXISTS (SELECT 1 FROM conversation_messages m
  WHERE m.conversation_id = conversations.id AND m.created_at >= :before)"""
IS_ANSWERED = """EXISTS (SELECT 1 FROM conversations c
  WHERE c.id = conversation_messages.conversation_id AND c.busy_until > clock_timestamp())"""


class InsightStatus(StrEnum):
    ACTIVE = "active"
    DISMISSED = "dismissed"
    ACKNOWLEDGED = "acknowledged"


class BusinessInsight(Owned, Base):
    """Something that a person should know of their business, as it was when they asked.

    Its texts are empty when something that it was made from was deleted.
    """

    __tablename__ = "business_insights"
    privacy = OfPerson(
        restored=Restored(),
        derived=dict.fromkeys(("title", "description", "details"), ("workspace_records", "goals", "milestones")),
        derivation=Derivation.RECORDED,
    )
    __table_args__ = (
        Index("ix_business_insights_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("insight"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str]
    category: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(16), default=InsightStatus.ACTIVE)
    details: Mapped[JSONObject] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Conversation(Owned, Base):
    """While ``busy_until`` lies ahead, the turn that ``busy_with`` names makes an answer."""

    __tablename__ = "conversations"
    privacy = OfPerson(
        restored=Restored(prefix="conv"),
        machinery=("busy_until", "busy_with"), derived={"context": ("conversation_messages",)},
        derivation=Derivation.PART,
        ages=Ages(kind=Aging.MESSAGES, unless=IS_YOUNG),
    )  # fmt: skip
    __table_args__ = (Index("ix_conversations_owner", "tenant_id", "user_id", text("created_at DESC")),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("conv"))
    topic: Mapped[str] = mapped_column(String(200))
    context: Mapped[JSONObject] = mapped_column(default=dict)
    disclosed_at: Mapped[datetime | None]  # when the person was last told that this is a machine
    busy_until: Mapped[datetime | None]
    busy_with: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


LEASE = Lease(Conversation.id, Conversation.busy_until)


class ConversationMessage(Base):
    """``id`` grows with time. ``safety`` is there where care had something to tell."""

    __tablename__ = "conversation_messages"
    privacy = PartOf(restored=Restored(), by="conversation_id", ages=Ages(kind=Aging.MESSAGES, unless=IS_ANSWERED))
    __table_args__ = (
        Index("ix_conversation_messages_conversation", "conversation_id", "id"),
        Index("ix_conversation_messages_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("msg"))
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(10))
    content: Mapped[str]
    safety: Mapped[JSONObject | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
