"""What a person has set of actions, and what a turn of a conversation needs to know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.actions.kinds import KINDS
from app.actions.models import ActionSettings, ActionState
from app.auth.principals import Principal
from app.care.output_phrases import Kind as Claim
from app.core.clock import now
from app.db.ownership import owner_columns
from app.db.statements import Statement

STANDING = Statement("""SELECT
  coalesce((SELECT allowed FROM action_settings WHERE tenant_id = :tenant AND user_id = :user), '[]') AS allowed,
  coalesce((SELECT jsonb_agg(jsonb_build_array(kind, state, summary) ORDER BY id) FROM (
    SELECT id, kind, state, summary FROM actions
    WHERE session_id = :session AND tenant_id = :tenant AND user_id = :user AND state <> 'superseded'
    ORDER BY id DESC LIMIT 20) AS newest), '[]') AS known""")


class Changes(TypedDict, total=False):
    """What is not named stays as it is."""

    enabled: bool
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class Settings:
    enabled: bool = False
    allowed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """``allowed`` kinds happen at once; ``known`` are the session's last actions: kind, state, summary."""

    allowed: frozenset[str] = frozenset()
    known: Sequence[tuple[str, str, str]] = ()

    @property
    def done(self) -> frozenset[Claim]:
        """What a coach may say that it did."""
        kinds = (KINDS.get(kind) for kind, state, _ in self.known if state == ActionState.DONE)
        return frozenset(kind.claim for kind in kinds if kind)


NOTHING = Standing()


def read(session: Session, principal: Principal) -> Settings:
    row = session.get(ActionSettings, (principal.tenant_id, principal.user_id), populate_existing=True)
    return Settings(row.enabled, row.allowed) if row else Settings()


def change(session: Session, principal: Principal, changes: Changes) -> Settings:
    owner = owner_columns(principal)
    fresh = {"enabled": False, "allowed": [], "updated_at": now()} | dict(changes)
    row = insert(ActionSettings).values(**owner, **fresh)
    named = {"updated_at": fresh["updated_at"], **changes}
    session.execute(row.on_conflict_do_update(index_elements=list(owner), set_=named))
    return read(session, principal)


def standing(connection: Connection, principal: Principal, session_id: str) -> Standing:
    owner = {"tenant": principal.tenant_id, "user": principal.user_id}
    row = STANDING.row(connection, owner | {"session": session_id})
    return Standing(frozenset(row.allowed), tuple((kind, state, summary) for kind, state, summary in row.known))
