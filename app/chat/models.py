"""Conversations as PostgreSQL keeps them: sessions, their messages, and the turns that make the coach's answers."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, TypedDict

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, selectinload

from app.actions.models import Action, ActionState
from app.actions.turn import shown
from app.actions.wire import Shown
from app.core.clock import now
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.leases import Lease
from app.db.ownership import Owned
from app.db.privacy import Ages, Derivation, Name, OfPerson, PartOf
from app.db.restoring import Restored
from app.db.session import Base
from app.receipts.placing import Placed
from app.streams.run import RunState

UNTITLED = "New Conversation"
CASCADE = "CASCADE"
UNREAD = "remembered_at IS NULL OR remembered_at < updated_at"
IS_ANSWERED = "EXISTS (SELECT 1 FROM chat_turns t WHERE t.session_id = {session} AND t.state = 'running')"


class MessageStatus(StrEnum):
    COMPLETE = "complete"
    CANCELLED = "cancelled"  # the person stopped it; what had been said is kept
    PARTIAL = "partial"  # the model failed half-way


class Author(TypedDict):
    """Who wrote a message that no model made."""

    type: Literal["human"]
    name: str


class ChatSession(Owned, Base):
    """A conversation. What lists show (count, last message) is kept here, so that lists never load messages.

    A human coach who has taken it over has it until ``taken_over_until``: no model answers in it.
    """

    __tablename__ = "chat_sessions"
    privacy = OfPerson(
        restored=Restored(prefix="session"),
        derived=dict.fromkeys(("title", "last_message", "summary"), ("chat_messages",)),
        derivation=Derivation.PART,
        ages=Ages(kind=Aging.MESSAGES, since="updated_at", unless=IS_ANSWERED.format(session="chat_sessions.id")),
        machinery=("taken_over_by", "taken_over_name", "taken_over_until"),
        names=(Name("taken_over_by", beside=("taken_over_name",)),),
    )
    __table_args__ = (
        Index("ix_chat_sessions_owner", "tenant_id", "user_id", text("updated_at DESC")),
        Index("ix_chat_sessions_unread", "updated_at", postgresql_where=text(UNREAD)),
        Index("ix_chat_sessions_taken_over", "taken_over_by", postgresql_where=text("taken_over_by IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), default=UNTITLED)
    personality_id: Mapped[str | None] = mapped_column(String(64))
    message_count: Mapped[int] = mapped_column(default=0)
    last_message: Mapped[str | None]
    summary: Mapped[str | None]
    summarised_through: Mapped[int] = mapped_column(default=0)  # position of the last message that the summary covers
    disclosed_at: Mapped[datetime | None]  # when the person was last told that this is a machine
    taken_over_by: Mapped[str | None] = mapped_column(String(128))
    taken_over_name: Mapped[str | None] = mapped_column(String(200))
    taken_over_until: Mapped[datetime | None]
    remembered_at: Mapped[datetime | None]  # what was said until then was looked through for facts to remember
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_taken_over(self) -> bool:
        return bool(self.taken_over_by and self.taken_over_until and self.taken_over_until > now())

    @property
    def coach(self) -> Author | None:
        """The human who has it."""
        return human(self.taken_over_name or "") if self.is_taken_over else None

    @property
    def coach_until(self) -> datetime | None:
        return self.taken_over_until if self.is_taken_over else None


class ChatMessage(Base):
    """One thing said. ``context`` holds the ids of the documents that the coach had before it, ``attachment_ids`` those
    of the files that were given with it, which may be gone by now.

    ``safety`` is there where care had something to tell; what was said in a crisis no model is shown.
    A message with an ``author_name``, be it empty, was written by a human coach.
    """

    __tablename__ = "chat_messages"
    privacy = PartOf(
        restored=Restored(prefix="msg"),
        by="session_id",
        ages=Ages(kind=Aging.MESSAGES, unless=IS_ANSWERED.format(session="chat_messages.session_id")),
        machinery=("author_id", "author_tenant"),
        names=(Name("author_id", tenant="author_tenant", beside=("author_name",)),),
    )
    __table_args__ = (
        Index("uq_chat_messages_position", "session_id", "position", unique=True),
        Index("ix_chat_messages_created_at", "created_at", postgresql_using="brin"),
        Index("ix_chat_messages_author", "author_id", postgresql_where=text("author_id IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("chat_sessions.id", ondelete=CASCADE))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(12))
    content: Mapped[str]
    status: Mapped[MessageStatus] = mapped_column(String(12), default=MessageStatus.COMPLETE)
    model: Mapped[str | None] = mapped_column(String(120))
    context: Mapped[list[str]] = mapped_column(default=list)
    attachment_ids: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    safety: Mapped[JSONObject | None]
    author_id: Mapped[str | None] = mapped_column(String(128))
    author_tenant: Mapped[str | None] = mapped_column(String(128))
    author_name: Mapped[str | None] = mapped_column(String(200))
    receipts: Mapped[list[Placed] | None] = mapped_column(JSONB)  # places in ``content``
    created_at: Mapped[datetime] = mapped_column(default=now)

    actions: Mapped[list[Action]] = relationship(
        primaryjoin=lambda: ChatMessage.id == foreign(Action.answer_id), viewonly=True, order_by=Action.id
    )

    @property
    def author(self) -> Author | None:
        return None if self.author_name is None else human(self.author_name)

    @property
    def proposals(self) -> list[Shown] | None:
        """What was proposed beside it, if anything was; for who has loaded ``actions``."""
        return shown([one for one in self.actions if one.state != ActionState.SUPERSEDED]) or None


class ChatTurn(Owned, Base):
    """The making of one answer. One runs at a time per session; its process renews ``lease_until``.

    ``unheard``: whoever asked had gone when the answer was there. ``proposes``: actions were asked for.
    ``for_human``: a human coach had the session, so no model was asked.
    """

    __tablename__ = "chat_turns"
    privacy = OfPerson(
        unexported="How answers were made; they are messages, which an export has",
        ages=Ages(kind=Aging.MESSAGES, unless="finished_at IS NULL"),
    )
    __table_args__ = (
        Index("uq_chat_turns_running", "session_id", unique=True, postgresql_where=text("state = 'running'")),
        Index("ix_chat_turns_session", "session_id", text("id DESC")),
        Index("ix_chat_turns_created_at", "created_at", postgresql_using="brin"),
        Index("ix_chat_turns_unheard", "session_id", postgresql_where=text("unheard")),
        Index("ix_chat_turns_lease", "lease_until", postgresql_where=text("state = 'running'")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("chat_sessions.id", ondelete=CASCADE))
    user_message_id: Mapped[str] = mapped_column(String(64))
    answer_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[RunState] = mapped_column(String(12), default=RunState.RUNNING)
    partial: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    unheard: Mapped[bool] = mapped_column(default=False, server_default=false())
    proposes: Mapped[bool] = mapped_column(default=False, server_default=false())
    for_human: Mapped[bool] = mapped_column(default=False, server_default=false())
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


def human(name: str) -> Author:
    return {"type": "human", "name": name}


WITH_ACTIONS = selectinload(ChatMessage.actions)
LEASE = Lease(ChatTurn.id, ChatTurn.lease_until)
