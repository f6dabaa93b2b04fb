"""What a turn leaves behind: its answer, its state. Each is written once, whoever comes first."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from app.chat.admission import LEASE, preview
from app.chat.models import ChatTurn, MessageStatus, TurnState
from app.chat.statements import SETTLE
from app.core.clock import now

STATUS = {
    TurnState.COMPLETED: MessageStatus.COMPLETE,
    TurnState.CANCELLED: MessageStatus.CANCELLED,
    TurnState.FAILED: MessageStatus.PARTIAL,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a turn ended. ``error`` is the public text of a failure; ``context`` the ids of the documents used."""

    state: TurnState
    text: str
    error: str | None = None
    model: str | None = None
    context: list[str] = field(default_factory=list)


def settle(connection: Connection, turn_id: str, outcome: Outcome) -> datetime | None:
    """Ends a running turn and stores what was said; None when it has ended already or its session is gone."""
    moment = now()
    values = {
        "turn": turn_id, "state": outcome.state, "error": outcome.error, "moment": moment, "said": outcome.text,
        "preview": preview(outcome.text), "status": STATUS[outcome.state], "model": outcome.model,
        "context": msgspec.json.encode(outcome.context).decode(),
    }  # fmt: skip
    return moment if SETTLE.row(connection, values) else None


def renew(session: Session, partials: dict[str, str]) -> set[str]:
    """Keeps the leases of this process' turns, with what was said so far; the ids of those to be cancelled."""
    statement = (
        update(ChatTurn.__table__)  # type: ignore[arg-type]
        .where(ChatTurn.id == bindparam("turn"), ChatTurn.state == TurnState.RUNNING)
        .values(lease_until=now() + LEASE, partial=bindparam("said"))
    )
    rows = [{"turn": turn_id, "said": said} for turn_id, said in partials.items()]
    session.connection().execute(statement, rows)
    wanted = select(ChatTurn.id).where(ChatTurn.id.in_(partials), ChatTurn.cancel_requested)
    return set(session.scalars(wanted))
