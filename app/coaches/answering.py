"""A coach in a person's conversation: answers as a human, takes it over, hands it back."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat import human
from app.chat.human import Coach
from app.chat.models import ChatMessage, ChatSession
from app.coaches.access import consent_for
from app.coaches.models import Scope
from app.core.errors import NotFound
from app.core.ids import new_id
from app.db.session import Database, after_commit
from app.identity import people
from app.turns import idempotency
from app.turns.idempotency import DOUBLE_CLICK, Claim, claim_of

LONGEST_NAME, NAMELESS = 200, "Coach"
Stop = Callable[[str], None]  # a turn, wherever it runs


@dataclass(frozen=True, slots=True)
class Reply:
    """What a coach says in a conversation. ``key`` is the request's Idempotency-Key; ``name`` what the token says."""

    session_id: str
    text: str
    name: str = ""
    key: str | None = None

    def claim(self, coach: Principal) -> Claim:
        said = {"session": self.session_id, "text": self.text}
        claim = claim_of(coach.key, self.key, "coach.reply", said, DOUBLE_CLICK)
        assert claim is not None, "with a twin there is one"
        return claim


def reply(db: Database, coach: Principal, said: Reply) -> ChatMessage:
    """The same request again is the same message."""
    message_id = new_id("msg")
    with db.begin() as session:
        chat = _open(session, coach, said.session_id)
        kept = idempotency.claim(session, said.claim(coach), message_id)
        known = session.get(ChatMessage, kept) if kept != message_id else None
        if known is None and kept != message_id:
            raise NotFound("The message of this Idempotency-Key no longer exists")
        return known or human.say(session, chat, _shown(session, coach, said.name), message_id, said.text)


def take_over(db: Database, stop: Stop, coach: Principal, session_id: str, name: str) -> ChatSession:
    """What the model is saying is stopped, and stays as far as it has come."""
    with db.begin() as session:
        chat = _open(session, coach, session_id)
        for turn_id in human.take_over(session, chat, _shown(session, coach, name)):
            after_commit(session, partial(stop, turn_id))
        return chat


def hand_back(db: Database, coach: Principal, session_id: str) -> ChatSession:
    with db.begin() as session:
        chat = _open(session, coach, session_id)
        human.hand_back_by(session, chat, _shown(session, coach, ""))
        return chat


def _open(session: Session, coach: Principal, session_id: str) -> ChatSession:
    return human.find(session, consent_for(session, coach, session_id, Scope.REPLY), session_id)


def _shown(session: Session, coach: Principal, name: str) -> Coach:
    """Under the name of the account, else that of the token."""
    account = people.names_of(session, [coach.user_id]).get(coach.user_id)
    shown = (account.name if account else "") or name or NAMELESS
    return Coach(coach.tenant_id, coach.user_id, shown[:LONGEST_NAME])
