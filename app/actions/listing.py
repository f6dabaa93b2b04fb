"""The ledger as its person reads it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.models import Action
from app.auth.principals import Principal
from app.db.pages import Page, PageRequest, keyset_page


@dataclass(frozen=True, slots=True)
class ActionsRequest(PageRequest):
    """Empty: of any state, of any session."""

    state: str = ""
    session_id: str = ""


def page(session: Session, principal: Principal, asked: ActionsRequest) -> Page[Action]:
    """Newest first."""
    query = select(Action).where(Action.owned_by(principal))
    query = query.where(Action.state == asked.state) if asked.state else query
    query = query.where(Action.session_id == asked.session_id) if asked.session_id else query
    return keyset_page(session, query, Action.created_at, principal, asked)
