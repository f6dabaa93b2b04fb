"""How a turn ends: stored once, whoever comes first, and told by one last event, live and on replay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.orm import Session

from app.actions.service import of_answers
from app.actions.turn import shown
from app.actions.wire import Shown
from app.care import disclosure, safety
from app.care.safety import UNHARMED
from app.chat.admission import AdmittedTurn, preview, public_message
from app.chat.events import End, Proposal, ProposingEnd, Start, Terminal, embedded, failure, in_end
from app.chat.human import notice
from app.chat.models import Author, ChatTurn, MessageStatus, human
from app.chat.statements import STANDING, STORE
from app.core.clock import now
from app.core.json import JSONObject, to_json
from app.db.leases import DEADLINE_SQL
from app.db.session import Database
from app.receipts import placing
from app.receipts.placing import Placed
from app.streams.events import text_of
from app.streams.interfaces import Gone
from app.streams.log import EventLog
from app.streams.reader import StoredStream
from app.streams.run import Interrupted, RunState

STATUS = {
    RunState.COMPLETED: MessageStatus.COMPLETE,
    RunState.CANCELLED: MessageStatus.CANCELLED,
    RunState.FAILED: MessageStatus.PARTIAL,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """``error`` is the public text of a failure; ``context`` the ids of the documents used; ``safety`` what care
    found, if it had something to tell. ``proposals`` are None where no actions were asked for. ``receipts`` say where
    in the text what is from. ``notice`` is told behind the text and not stored; ``author`` is the human who wrote it.
    """

    state: RunState
    text: str
    error: str | None = None
    model: str | None = None
    context: list[str] = field(default_factory=list)
    safety: JSONObject | None = None
    proposals: Sequence[Shown] | None = None
    receipts: Sequence[Placed] = ()
    notice: str = ""
    author: Author | None = None

    @property
    def told(self) -> str:
        return self.text + self.notice

    @property
    def metadata(self) -> dict[str, object]:
        found = safety.metadata(self.safety) if self.author is None else UNHARMED.wire()
        proved = {"receipts": placing.shown(self.text, self.receipts)} if self.receipts else {}
        return {"model": self.model, "context": self.context, "safety": found, **proved}


NO_SESSION = Outcome(RunState.FAILED, "", "This session no longer exists")


def first_event(turn: AdmittedTurn, usage_info: Mapping[str, object]) -> Start:
    return Start(turn.session_id, turn.id, embedded(turn.question), usage_info)


def last_event(turn: AdmittedTurn, outcome: Outcome, moment: datetime | None) -> Terminal:
    """The one place where the last event of a turn is made. ``moment`` is when the outcome was stored."""
    answer = turn.answer_id if outcome.text else None
    if outcome.state is RunState.FAILED or moment is None:
        failed = failure(outcome.error, answer)
        return replace(failed, retryable=False) if outcome is NO_SESSION else failed
    message = public_message(turn.answer_id, outcome.text, moment, "assistant", outcome.author)
    said = embedded(message) if answer else None
    told = answer, said, metadata(turn, outcome), outcome.state is RunState.CANCELLED
    return End(*told) if outcome.proposals is None else ProposingEnd(*told, proposals=in_end(outcome.proposals))


def metadata(turn: AdmittedTurn, outcome: Outcome) -> dict[str, object]:
    if turn.for_human:
        return outcome.metadata | {"taken_over": True}
    discloses = turn.discloses and outcome.author is None
    told = {"disclosure": disclosure.text_for(turn.principal.place)} if discloses else {}
    return outcome.metadata | told


def beside(outcome: Outcome) -> list[Proposal]:
    """The events between the text and the last one."""
    return [Proposal(proposal) for proposal in outcome.proposals or ()]


def store(connection: Connection | Session, turn_id: str, outcome: Outcome) -> datetime | None:
    """Ends a running turn and stores what was said; None when it has ended already or its session is gone."""
    moment = now()
    values = {
        "turn": turn_id, "state": outcome.state, "error": outcome.error, "moment": moment, "said": outcome.text,
        "preview": preview(outcome.text), "status": STATUS[outcome.state], "model": outcome.model,
        "context": msgspec.json.encode(outcome.context).decode(),
        "safety": to_json(outcome.safety) if outcome.safety else None,
        "receipts": to_json(outcome.receipts) if outcome.receipts else None,
    }  # fmt: skip
    return moment if STORE.row(connection, values) else None


def renew(session: Session, partials: Mapping[str, str]) -> set[str]:
    """Renews the leases of this process' turns, with what was said so far; the ids of those to be cancelled."""
    statement = (
        update(ChatTurn.__table__)  # type: ignore[arg-type]
        .where(ChatTurn.id == bindparam("turn"), ChatTurn.state == RunState.RUNNING)
        .values(lease_until=text(DEADLINE_SQL), partial=bindparam("said"))
    )
    rows = [{"turn": turn_id, "said": said} for turn_id, said in partials.items()]
    session.connection().execute(statement, rows)
    return set(session.scalars(select(ChatTurn.id).where(ChatTurn.id.in_(partials), ChatTurn.cancel_requested)))


@dataclass(frozen=True, slots=True)
class TurnSource:
    db: Database
    log: EventLog
    turn: AdmittedTurn

    @property
    def id(self) -> str:
        return self.turn.id

    def ended(self) -> StoredStream | None:
        known = stored(self.db, self.log, self.turn)
        if known is None:
            return None
        outcome, moment = known
        last = last_event(self.turn, outcome, moment)
        return StoredStream(first_event(self.turn, {}), outcome.told, last, beside=beside(outcome))


def stored(db: Database, log: EventLog, turn: AdmittedTurn) -> tuple[Outcome, datetime | None] | None:
    """How it ended, and when; None while it runs. A turn whose process is gone is ended here."""
    with db.read() as session:
        row = STANDING.row(session, {"turn": turn.id})
    if row is None:  # the session was deleted meanwhile
        return NO_SESSION, None
    if row.state == RunState.RUNNING:
        return stored(db, log, turn) if row.lost and reap(db, log, turn.id) else None
    proposals = _proposed(db, turn.answer_id) if row.proposes and row.state != RunState.FAILED else None
    is_noticed = row.for_human and row.state == RunState.COMPLETED and row.model is None
    told = notice(turn.principal.place) if is_noticed else ""
    author = None if row.author_name is None else human(row.author_name)
    known = row.said, row.error, row.model, row.context, row.safety, proposals, row.receipts or (), told, author
    return Outcome(RunState(row.state), *known), row.finished_at


def _proposed(db: Database, answer_id: str) -> list[Shown]:
    with db.read() as session:
        return shown(of_answers(session, [answer_id]))


def reap(db: Database, log: EventLog, turn_id: str) -> bool:
    """Ends a turn whose process is gone as failed, with all that is known of what was said; whether it was open."""
    said = _last_words(db, log, turn_id)
    with db.single() as connection:
        return store(connection, turn_id, Outcome(RunState.FAILED, said, Interrupted.text)) is not None


def abandon(db: Database, turn_id: str) -> None:
    """Ends a turn of which not even the words can be stored."""
    with db.single() as connection:
        store(connection, turn_id, Outcome(RunState.FAILED, "", Interrupted.text))


def _last_words(db: Database, log: EventLog, turn_id: str) -> str:
    """The log is at most a tenth of a second behind, the row some seconds; Redis may have lost the log."""
    with db.read() as session:
        kept = session.scalar(select(ChatTurn.partial).where(ChatTurn.id == turn_id)) or ""
    try:
        streamed = "".join(text_of(frame.data) for frame in log.replay(turn_id))
    except Gone:
        return kept
    return max(kept, streamed, key=len)
