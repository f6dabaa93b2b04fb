"""The ledger of what coaches proposed to do for people, and what became of it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import Owned
from app.db.privacy import OfPerson
from app.db.restoring import Restored, Stays, is_there, no_later
from app.db.session import Base


class ActionState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    DECLINED = "declined"
    SUPERSEDED = "superseded"  # what it is about had changed: another was shown in its place
    UNDONE = "undone"


MOVES: Mapping[ActionState, frozenset[ActionState]] = {
    ActionState.PROPOSED: frozenset({ActionState.DONE, ActionState.DECLINED, ActionState.SUPERSEDED}),
    ActionState.DONE: frozenset({ActionState.UNDONE}),
    ActionState.DECLINED: frozenset(),
    ActionState.SUPERSEDED: frozenset(),
    ActionState.UNDONE: frozenset(),
}
OBJECT = JSONB(none_as_null=True)
KIND = re.compile(r"[a-z_]{1,20}\.[a-z_]{1,19}")
LIFE = timedelta(hours=24)  # in which a proposal may be confirmed, and what was done be undone


def as_restored(row: JSONObject) -> JSONObject:
    """What was proposed elsewhere can't be confirmed here: nobody saw these rows before and after."""
    shown = [row.get(name) for name in ("before", "after", "result")]
    are_objects = all(isinstance(value, dict) for value in (row.get("arguments"), *filter(is_there, shown)))
    if not are_objects or not KIND.fullmatch(str(row.get("kind"))):
        raise ValueError("not an action")
    waits = row.get("state") == ActionState.PROPOSED
    return {**row, "expires_at": no_later(row.get("expires_at"), now())} if waits else row


class Action(Owned, Base):
    """A change that a model proposed. ``arguments`` are those of the kind's schema, with ids in place of titles.

    ``before`` and ``after`` are what was shown of it. ``basis`` is the digest of the rows that it was shown for;
    ``rows_before`` and ``rows_after`` are the rows themselves, kept while it may be undone.
    """

    __tablename__ = "actions"
    privacy = OfPerson(
        machinery=("basis", "rows_before", "rows_after"), restored=Restored(prefix="action", mended=as_restored)
    )
    __table_args__ = (
        CheckConstraint("state IN ('proposed', 'done', 'declined', 'superseded', 'undone')", name="state"),
        Index("ix_actions_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_actions_answer", "answer_id"),
        Index("ix_actions_session", "session_id"),
        Index("ix_actions_undoable", "done_at", postgresql_where=text("rows_after IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("action"))
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[ActionState] = mapped_column(String(12), default=ActionState.PROPOSED)
    summary: Mapped[str]
    language: Mapped[str] = mapped_column(String(35), default="")
    arguments: Mapped[JSONObject]
    before: Mapped[JSONObject | None] = mapped_column(OBJECT)
    after: Mapped[JSONObject | None] = mapped_column(OBJECT)
    basis: Mapped[str] = mapped_column(String(64))
    proposed_by: Mapped[str] = mapped_column(String(120))
    session_id: Mapped[str] = mapped_column(String(64))
    message_id: Mapped[str] = mapped_column(String(64))
    answer_id: Mapped[str] = mapped_column(String(64))
    at_once: Mapped[bool] = mapped_column(default=False, server_default=false())
    subject_id: Mapped[str | None] = mapped_column(String(64))
    successor_id: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[JSONObject | None] = mapped_column(OBJECT)
    rows_before: Mapped[JSONObject | None] = mapped_column(OBJECT)
    rows_after: Mapped[JSONObject | None] = mapped_column(OBJECT)
    created_at: Mapped[datetime] = mapped_column(default=now)
    shown_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]

    @property
    def undo_until(self) -> datetime | None:
        return self.done_at + LIFE if self.done_at and self.state == ActionState.DONE else None

    def move(self, wanted: ActionState) -> None:
        if wanted not in MOVES[ActionState(self.state)]:
            raise ValueError(f"an action that is {self.state} can't be {wanted}")
        self.state = wanted


class ActionSettings(Owned, Base):
    """``enabled``: coaches may propose although a client does not ask for it. ``allowed`` kinds happen at once."""

    __tablename__ = "action_settings"
    privacy = OfPerson(restored=Stays("What a coach may do without asking is allowed anew, by the person"))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    enabled: Mapped[bool] = mapped_column(default=False, server_default=false())
    allowed: Mapped[list[str]] = mapped_column(default=list)
    updated_at: Mapped[datetime] = mapped_column(default=now)
