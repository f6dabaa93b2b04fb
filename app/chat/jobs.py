"""The chat's background work: running summaries of long conversations, and turns that nobody ends."""

from collections.abc import Sequence
from pathlib import Path

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.care.output_phrases import NOTHING
from app.care.words import Words
from app.chat import history, outcome
from app.chat.history import MessageRow
from app.chat.models import LEASE, ChatMessage, ChatSession
from app.db.rows import each
from app.db.session import db
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, Message, Request, Task
from app.streams.log import EventLog
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_text
from app.web.container import resolve

PROMPTS = Path(__file__).parent / "prompts"
MOST_AT_ONCE = 100  # messages taken into a summary by one job

log = structlog.get_logger()


def summarise(session_id: str) -> None:
    """Takes what the model no longer sees into the running summary. Twice is harmless: it goes on where it stands."""
    with db.read() as session:
        chat = session.get(ChatSession, session_id)
        rows = _unseen(session, chat) if chat else []
    if chat is None or not rows:
        return
    request = _request(chat, rows)
    summary = complete_text(resolve(Pipeline), Words.nobodys(request.caller), lambda: request, NOTHING)
    with db.begin() as session:
        if _are_unchanged(session, chat, rows):
            values = {"summary": summary, "summarised_through": rows[-1].position}
            session.execute(update(ChatSession).where(ChatSession.id == session_id).values(values))


def _are_unchanged(session: Session, chat: ChatSession, rows: Sequence[MessageRow]) -> bool:
    """Whether nobody else has taken them in, and none of them has been deleted. Who deletes one later waits for us."""
    its = ChatSession.id == chat.id, ChatSession.summarised_through == chat.summarised_through
    if session.scalar(select(ChatSession.id).where(*its).with_for_update(key_share=True)) is None:
        return False
    said = ChatMessage.session_id == chat.id, ChatMessage.position.in_([row.position for row in rows])
    return session.scalar(select(func.count()).select_from(ChatMessage).where(*said)) == len(rows)


def _unseen(session: Session, chat: ChatSession) -> Sequence[MessageRow]:
    """Messages that neither the summary covers nor the model is shown."""
    kept = history.newest_that_fit(session, chat.id, chat.message_count + 1)
    if not kept:
        return []
    between = {"before": kept[0].position, "after": chat.summarised_through}
    return history.readable(history.OLDEST, session, chat.id, **between, most=MOST_AT_ONCE)


def _request(chat: ChatSession, rows: Sequence[MessageRow]) -> Request:
    said = "\n\n".join(f"{_speaker(row)}: {row.content}" for row in rows)
    system = prompts.render(PROMPTS, "summary.j2", summary=chat.summary or "")
    messages = (Message("user", f"<messages>\n{prompts.fenced(said)}\n</messages>"),)
    told = tuple(row.content for row in rows if row.role == "user")
    grounding = Grounding(Task.SUMMARY, subject=chat.summary or "", said=told)
    caller = Caller("chat.summary", chat.tenant_id, chat.user_id)
    return Request(caller, messages, system, max_tokens=600, grounding=grounding)


def _speaker(row: MessageRow) -> str:
    return "Person" if row.role == "user" else "Human coach" if row.is_human else "Coach"


def reap() -> None:
    """Ends the turns whose process is gone."""
    with db.read() as session:
        lost = LEASE.sweep(session)
    each("chat.reap", lost, _end_lost, lambda turn_id: outcome.abandon(db, turn_id))


def _end_lost(turn_id: str) -> None:
    outcome.reap(db, resolve(EventLog), turn_id)
    log.warning("turn_reaped", turn_id=turn_id)


JOBS = (
    JobDefinition("chat.summarise", summarise, QueueName.BATCH),
    PeriodicJob("chat.reap", reap, every=15),
)
