"""The interview in a worker: message by message into the database, whether or not anybody follows it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import gevent
import msgspec
import structlog
from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.care.safety import Withheld
from app.config.settings import Settings
from app.core.clock import now
from app.core.errors import BudgetExceeded
from app.core.ids import new_uuid
from app.db.session import db
from app.interviews.agents import Transcript, next_message
from app.interviews.feed import ABANDONED, FAILED, messages_of
from app.interviews.insights import generate_insights
from app.interviews.looks import looks
from app.interviews.models import Interview, InterviewMessage, Status
from app.interviews.personas import Persona
from app.interviews.service import JOB
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition
from app.llm.interfaces import ProviderError
from app.turns.pipeline import Pipeline
from app.web.container import resolve

PAUSES = (0.5, 2.0)  # seconds before a message is tried again

log = structlog.get_logger()


def give_up(interview_id: str) -> None:
    """The last attempt is over: clients get an error."""
    _end(interview_id, Status.FAILED, FAILED)


def run(interview_id: str) -> None:
    """Goes on after the last stored message, so that it may be run twice."""
    pipeline = resolve(Pipeline)
    transcript = _open_transcript(interview_id)
    while transcript is not None and len(transcript.texts) < transcript.length:
        if looks.is_over(interview_id, ABANDONED):
            messages_of(interview_id).signal()
            return
        message_id = new_uuid()
        try:
            text = _next_message(pipeline, transcript, message_id)
        except (ProviderError, BudgetExceeded, Withheld) as error:
            log.warning("interview_failed", interview_id=interview_id, code=error.code, reason=str(error))
            _end(interview_id, Status.FAILED, error.text if isinstance(error, BudgetExceeded) else FAILED)
            return
        _pause(transcript)
        transcript = _store(transcript, message_id, text)
    if transcript is not None:
        _end(interview_id, Status.COMPLETED, None)
    _store_insights(pipeline, interview_id)


def _next_message(pipeline: Pipeline, transcript: Transcript, message_id: str, pauses: Sequence[float] = PAUSES) -> str:
    try:
        return next_message(pipeline, transcript, message_id)
    except ProviderError as error:
        if not (error.retryable and pauses):
            raise
    gevent.sleep(pauses[0])
    return _next_message(pipeline, transcript, message_id, pauses[1:])


def _open_transcript(interview_id: str) -> Transcript | None:
    """None when there is nothing more to say."""
    with db.read() as session:
        row = session.get(Interview, interview_id)
        return _transcript(session, row) if row is not None and row.status == Status.IN_PROGRESS else None


def _transcript(session: Session, row: Interview) -> Transcript:
    query = select(InterviewMessage).where(InterviewMessage.interview_id == row.id)
    messages = session.scalars(query.order_by(InterviewMessage.position)).all()
    last_at = messages[-1].created_at if messages else None
    texts = [message.message for message in messages]
    persona = msgspec.convert(row.persona, Persona)
    return Transcript(row.id, persona, row.problem, row.solution, row.length, texts, last_at)


def _pause(transcript: Transcript) -> None:
    """Until the next message may be sent: the delay is between two messages, however long the model took."""
    least, most = resolve(Settings).interview_delay
    if transcript.last_at is not None and most > 0:
        due = transcript.last_at + timedelta(seconds=random.uniform(least, most))  # noqa: S311
        gevent.sleep(max(0.0, (due - now()).total_seconds()))


def _store(transcript: Transcript, message_id: str, text: str) -> Transcript | None:
    """The transcript after a message, in one statement; whoever comes second or too late reads it again.

    The lock on the interview waits for who ends it at this moment, and then sees that it has ended.
    """
    interview_id, position, moment = transcript.interview_id, len(transcript.texts) + 1, now()
    values = select(
        *map(literal, (interview_id, position, message_id, str(transcript.next_agent), text)), literal(moment)
    ).where(Interview.id == interview_id, Interview.status == Status.IN_PROGRESS)
    columns = ["interview_id", "place", "id", "agent", "message", "created_at"]
    still_open = values.with_for_update(read=True, of=Interview)
    row = insert(InterviewMessage).from_select(columns, still_open).on_conflict_do_nothing()
    with db.single() as connection:
        added = connection.execute(row.returning(InterviewMessage.position)).first()
    if added is None:
        return _open_transcript(interview_id)
    messages_of(interview_id).signal()
    return replace(transcript, texts=[*transcript.texts, text], last_at=moment)


def _end(interview_id: str, status: Status, error: str | None) -> None:
    is_open = Interview.id == interview_id, Interview.status == Status.IN_PROGRESS
    completed_at = now() if status is Status.COMPLETED else None
    with db.begin() as session:
        session.execute(update(Interview).where(*is_open).values(status=status, error=error, completed_at=completed_at))
    messages_of(interview_id).signal()


def _store_insights(pipeline: Pipeline, interview_id: str) -> None:
    """Once. A fault that may pass has the job tried again."""
    with db.read() as session:
        row = session.get(Interview, interview_id)
        if row is None or row.status != Status.COMPLETED or row.insights is not None:
            return
        transcript = _transcript(session, row)
    found = generate_insights(pipeline, transcript)
    missing = update(Interview).where(Interview.id == interview_id, Interview.insights.is_(None))
    with db.begin() as session:
        session.execute(missing.values(insights=found))
    messages_of(interview_id).signal()


JOBS = (JobDefinition(JOB, run, QueueName.ANONYMOUS, attempts=6, give_up=give_up),)
