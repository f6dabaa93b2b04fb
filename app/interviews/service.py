"""Interviews as their endpoints need them: begun, looked at, tried again, removed."""

import random
from datetime import timedelta
from typing import Any

from gevent.lock import BoundedSemaphore
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.clock import iso, now
from app.core.errors import AppError
from app.core.ids import new_uuid
from app.db.session import db
from app.interviews import personas
from app.interviews.models import Interview, InterviewMessage, Status
from app.jobs.models import Job
from app.jobs.queue import queue
from app.turns import idempotency
from app.turns.idempotency import Claim

FIELDS = ("name", "role", "industry", "background")
LONGEST = {"name": 255, "role": 255, "industry": 255, "background": 2000}
LONGEST_IDEA = 2000
LENGTHS = (11, 13, 15)  # the interviewer opens and closes
JOB = "interviews.run"
LATE = timedelta(minutes=2)
AT_ONCE = BoundedSemaphore(8)  # starts that hold a connection; a rush waits here rather than be refused one
Body = dict[str, Any]


class InterviewError(AppError):
    """``code`` is the contract's title of an error."""


class InvalidPersona(InterviewError):
    code, status = "Invalid persona data", 400


class NotFound(InterviewError):
    code, status = "Interview not found", 404

    def __init__(self, interview_id: str) -> None:
        super().__init__(f"No interview found with ID: {interview_id[:100]}")


class NotCompleted(InterviewError):
    code, status = "Interview not completed", 400
    text = "Insights are only available after the interview is completed"


class NotFailed(InterviewError):
    code, status, text = "Interview not failed", 400, "Only a failed interview can be tried again"


class NoInsights(InterviewError):
    code, status, text = "Insights not available", 503, "The insights are still being made; please try again"
    retry_after = 5


def start(body: Any, wish: Claim | None) -> Interview:
    """Stored and handed to a worker; the same request again is the same interview."""
    persona, problem, solution = checked(body)
    with AT_ONCE, db.begin() as session:
        made = Interview(
            persona=persona, problem=problem, solution=solution, length=random.choice(LENGTHS),  # noqa: S311
            status=Status.IN_PROGRESS, created_at=now(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        first = idempotency.claim(session, wish, made.id) if wish else made.id
        if first != made.id:
            session.delete(made)
            session.flush()
            return find(session, first)
        queue.enqueue(session, JOB, interview_id=made.id)
    return made


def checked(body: Any) -> tuple[Body, str, str]:
    """The persona, the problem and the solution; every field that is missing or blank is named."""
    given = body if isinstance(body, dict) else {}
    persona = given.get("persona")
    if persona is None and given.get("persona_id") is not None:
        persona = personas.find(_clean(given["persona_id"]))
        if persona is None:
            raise InvalidPersona("No ready-made persona has this persona_id", fields=["persona_id"])
    persona = persona if isinstance(persona, dict) else {}
    clean = {name: _clean(persona.get(name)) for name in FIELDS}
    missing = [name for name in FIELDS if not clean[name]]
    if missing:
        raise InvalidPersona(f"All persona fields ({', '.join(FIELDS)}) are required", fields=missing)
    for name, most in LONGEST.items():
        if len(clean[name]) > most:
            raise InvalidPersona(f"{name} must be at most {most} characters", fields=[name])
    ideas = {name: _clean(given.get(name)) for name in ("problem", "solution")}
    if too_long := [name for name, idea in ideas.items() if len(idea) > LONGEST_IDEA]:
        raise InvalidPersona(f"{too_long[0]} must be at most {LONGEST_IDEA} characters", fields=too_long)
    return clean, ideas["problem"], ideas["solution"]


def find(session: Session, interview_id: str, *, lock: bool = False) -> Interview:
    query = select(Interview).where(Interview.id == interview_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(interview_id)
    return found


def status(session: Session, interview_id: str) -> Body:
    row = find(session, interview_id)
    return spoken(row, count(session, row.id))


def spoken(row: Interview, messages: int) -> Body:
    body = {
        "interviewId": row.id, "status": row.status, "messageCount": messages,
        "isComplete": row.status == Status.COMPLETED, "createdAt": iso(row.created_at),
        "completedAt": iso(row.completed_at) if row.completed_at else None,
    }  # fmt: skip
    return body | ({"error": row.error} if row.error else {})


def listing(session: Session, limit: int, offset: int) -> Body:
    total = session.scalar(select(func.count()).select_from(Interview)) or 0
    rows = session.scalars(select(Interview).order_by(Interview.created_at.desc()).limit(limit).offset(offset)).all()
    counting = select(InterviewMessage.interview_id, func.count()).group_by(InterviewMessage.interview_id)
    counts = dict(session.execute(counting.where(InterviewMessage.interview_id.in_([row.id for row in rows]))).all())
    return {"total": total, "interviews": [spoken(row, counts.get(row.id, 0)) for row in rows]}


def retry(interview_id: str, wish: Claim | None) -> None:
    """A failed interview goes on after its last message; the same request again does nothing more."""
    attempt = new_uuid()
    with db.begin() as session:
        row = find(session, interview_id, lock=True)
        if wish and idempotency.claim(session, wish, attempt) != attempt:
            return
        if row.status != Status.FAILED:
            raise NotFailed
        row.status, row.error, row.completed_at = Status.IN_PROGRESS, None, None
        queue.enqueue(session, JOB, interview_id=row.id)


def ask_for_insights(interview_id: str) -> None:
    """Has them made again when they should have been there long ago; who asks again soon after starts nothing new."""
    with db.begin() as session:
        row = session.get(Interview, interview_id, with_for_update={"skip_locked": True})
        if row is None or row.status != Status.COMPLETED or row.insights is not None:
            return
        late = row.completed_at is None or row.completed_at < now() - LATE
        if late and not _was_asked_lately(session, interview_id):
            queue.enqueue(session, JOB, interview_id=interview_id)


def _was_asked_lately(session: Session, interview_id: str) -> bool:
    asked = select(Job.id).where(
        Job.created_at > now() - LATE, Job.name == JOB, Job.arguments["interview_id"].astext == interview_id
    )
    return session.scalar(asked.limit(1)) is not None


def remove(session: Session, interview_id: str) -> None:
    find(session, interview_id, lock=True)
    session.execute(delete(Interview).where(Interview.id == interview_id))


def count(session: Session, interview_id: str) -> int:
    query = select(func.count()).where(InterviewMessage.interview_id == interview_id)
    return session.scalar(query) or 0


def _clean(value: Any) -> str:
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""
