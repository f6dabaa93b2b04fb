"""The realtime coach's rows: voices, agents, the threads that people hold with them, what was said, slides, media."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.core.retention import Aging
from app.db.privacy import Ages, Derivation, OfTeam, PartOf
from app.db.restoring import Stays
from app.db.session import Base

CASCADE = "CASCADE"
IS_SHOWN = "version = (SELECT d.version FROM slide_decks d WHERE d.id = slide_revisions.deck_id)"
OF_AGENTS = Stays("It was spoken with an agent of the team's, which stays there")
OF_CHATS = dict.fromkeys(("title", "summary", "editorjs"), ("realtime_chats",))


class Record:
    """Mixin of what a tenant stores."""

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Changeable(Record):
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Voice(Record, Base):
    """``voice_id`` may carry its service in front: ``openai::nova``."""

    __tablename__ = "voices"
    privacy = OfTeam()
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    name: Mapped[str] = mapped_column(String(255))
    service: Mapped[str] = mapped_column(String(20), default="espeak")
    voice_id: Mapped[str] = mapped_column(String(200), default="")
    gender: Mapped[str] = mapped_column(String(10), default="female")
    preview: Mapped[str | None] = mapped_column(String(36))


class Agent(Changeable, Base):
    """Who coaches. ``bot_id`` is what sockets know it by."""

    __tablename__ = "agents"
    privacy = OfTeam()
    __table_args__ = (Index("ix_agents_tenant", "tenant_id", text("created_at DESC")),)

    bot_id: Mapped[str] = mapped_column(Uuid(as_uuid=False), unique=True, default=new_uuid)
    voice_pk: Mapped[int | None] = mapped_column(ForeignKey("voices.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(String(250))
    description: Mapped[str] = mapped_column(String(500), default="")
    persona: Mapped[str] = mapped_column(String(2000), default="")
    age: Mapped[int | None]
    max_tokens: Mapped[int] = mapped_column(default=300)
    glb: Mapped[str | None] = mapped_column(String(500))
    avatar: Mapped[str | None] = mapped_column(String(36))
    is_active: Mapped[bool] = mapped_column(default=True)
    country: Mapped[str] = mapped_column(String(2), default="", server_default="")  # where those are who talk to it


class CoachSession(Changeable, Base):
    __tablename__ = "realtime_sessions"
    privacy = OfTeam(
        person="thread_id", derived={"summary": ("realtime_chats",)}, derivation=Derivation.PART, restored=OF_AGENTS
    )
    __table_args__ = (UniqueConstraint("tenant_id", "thread_id"),)

    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete=CASCADE), index=True)
    thread_id: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(255), default="")
    summary: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)


class Chat(Changeable, Base):
    """A query and its answer. ``viseme`` holds a short preview, never all rows."""

    __tablename__ = "realtime_chats"
    privacy = PartOf(by="session_id", ages=Ages(kind=Aging.TRANSCRIPTS), restored=OF_AGENTS)
    __table_args__ = (
        Index("ix_realtime_chats_session", "session_id", text("id DESC")),
        Index("ix_realtime_chats_created_at", "created_at", postgresql_using="brin"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("realtime_sessions.id", ondelete=CASCADE))
    query: Mapped[str]
    response: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(12), default="completed")
    emotion: Mapped[JSONObject] = mapped_column(default=dict)
    viseme: Mapped[JSONObject] = mapped_column(default=dict)
    meta: Mapped[JSONObject] = mapped_column(default=dict)


class SlideDeck(Changeable, Base):
    """One per session. ``version`` grows with every real change."""

    __tablename__ = "slide_decks"
    privacy = PartOf(
        by="session_id", derived=OF_CHATS, derivation=Derivation.PART, restored=OF_AGENTS,
        ages=Ages(kind=Aging.TRANSCRIPTS, since="updated_at"),
    )  # fmt: skip

    session_id: Mapped[int] = mapped_column(ForeignKey("realtime_sessions.id", ondelete=CASCADE), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(255), default="")
    summary: Mapped[str] = mapped_column(default="")
    editorjs: Mapped[JSONObject] = mapped_column(default=dict)
    updated_by: Mapped[str] = mapped_column(String(64), default="")


class SlideRevision(Base):
    __tablename__ = "slide_revisions"
    privacy = PartOf(
        by="deck_id", derived=OF_CHATS, derivation=Derivation.PART, restored=OF_AGENTS,
        ages=Ages(kind=Aging.TRANSCRIPTS, unless=IS_SHOWN),
    )  # fmt: skip

    deck_id: Mapped[int] = mapped_column(ForeignKey("slide_decks.id", ondelete=CASCADE), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(255))
    summary: Mapped[str]
    editorjs: Mapped[JSONObject]
    updated_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Media(Base):
    """A picture or a sound that a tenant uploaded, for one row. Its id is all that opens it."""

    __tablename__ = "media"
    privacy = OfTeam(file="data", ages=Ages(kind=Aging.AUDIO, unless="content_type NOT LIKE 'audio/%'"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(128), index=True)
    content_type: Mapped[str] = mapped_column(String(40))
    data: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
