"""How a turn ended, according to the database; and waiting for it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.chat import events, following, reaper
from app.chat.admission import Turn
from app.chat.following import Ending
from app.chat.generation import NO_SESSION, terminal
from app.chat.models import ChatMessage, ChatTurn, TurnState
from app.chat.storage import Outcome
from app.chat.turns import Desk
from app.core.clock import now

Ended = tuple[Outcome, events.Terminal]


@dataclass(frozen=True, slots=True)
class TurnTale:
    """A turn as its readers follow it."""

    desk: Desk
    turn: Turn

    @property
    def id(self) -> str:
        return self.turn.id

    def ended(self) -> Ending | None:
        known = stored_end(self.desk, self.turn)
        if known is None:
            return None
        opening = events.Start(self.turn.session_id, self.turn.id, events.embedded(self.turn.question), {})
        return Ending(opening, known[0].text, known[1])


def wait(desk: Desk, turn: Turn) -> Ended:
    """Waits for the end of a turn: how it ended, and the event that says so."""
    for _ in following.follow(desk, TurnTale(desk, turn)):
        pass
    ended = stored_end(desk, turn)
    assert ended is not None, "a turn that was followed to its end has ended"
    return ended


def stored_end(desk: Desk, turn: Turn) -> Ended | None:
    """None while it runs. A turn whose process is gone is ended here."""
    with desk.db.read() as session:
        row = session.execute(
            select(ChatTurn.state, ChatTurn.error, ChatTurn.lease_until, ChatTurn.finished_at).where(
                ChatTurn.id == turn.id
            )
        ).one_or_none()
        answer = session.get(ChatMessage, turn.answer_id)
    if row is None:  # the session was deleted meanwhile
        return NO_SESSION, terminal(turn, NO_SESSION, now())
    if row.state == TurnState.RUNNING:
        lost = row.lease_until < now() and reaper.settle(desk.db, desk.broker, turn.id)
        return stored_end(desk, turn) if lost else None
    outcome = _outcome(row, answer)
    return outcome, terminal(turn, outcome, row.finished_at)


def _outcome(row: Any, answer: ChatMessage | None) -> Outcome:
    said = (answer.content, row.error, answer.model, answer.context) if answer else ("", row.error)
    return Outcome(TurnState(row.state), *said)
