"""Interviews as their endpoints need them: started, looked at, tried again, removed."""

import random
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from gevent.lock import BoundedSemaphore
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.db.pages import Page
from app.db.session import after_commit, db
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.event_stream import wait_for_entry
from app.interviews import feed
from app.interviews.errors import NoInsights, NotCompleted, NotFailed, NotFound
from app.interviews.models import Interview, InterviewMessage, Status
from app.interviews.personas import Persona
from app.jobs.models import Job, JobState
from app.jobs.queue import queue
from app.turns import idempotency
from app.turns.idempotency import Claim

LENGTHS = (11, 13, 15)  # the interviewer opens and closes
JOB = "interviews.run"
INSIGHTS_TIMEOUT = 25.0  # seconds
LIVE = {JobState.QUEUED, JobState.RUNNING}
LATELY, MOST_TRIES = timedelta(minutes=2), 3  # to make insights that failed
AT_ONCE = BoundedSemaphore(8)  # starts that hold a connection; a rush waits here rather than be refused one


@dataclass(frozen=True, slots=True)
class NewInterview:
    persona: Persona
    problem: str
    solution: str


@dataclass(frozen=True, slots=True)
class InterviewStatus:
    id: str
    status: str
    message_count: int
    created_at: datetime
    completed_at: datetime | None
    error: str | None

    @property
    def is_complete(self) -> bool:
        return self.status == Status.COMPLETED


MESSAGE_COUNT = (
    select(func.count()).where(InterviewMessage.interview_id == Interview.id).correlate(Interview).scalar_subquery()
)
STATUS = select(
    Interview.id, Interview.status, MESSAGE_COUNT, Interview.created_at, Interview.completed_at, Interview.error
)


def start(new: NewInterview, claim: Claim | None) -> str:
    """Its id. Stored and handed to a worker; the same request again is the same interview."""
    interview_id = new_uuid()
    with AT_ONCE, db.begin() as session:
        first = idempotency.claim(session, claim, interview_id) if claim else interview_id
        if first != interview_id:
            return find(session, first).id
        session.add(
            Interview(
                id=interview_id, persona=asdict(new.persona), problem=new.problem, solution=new.solution,
                length=random.choice(LENGTHS), status=Status.IN_PROGRESS, created_at=now(),  # noqa: S311
            )
        )  # fmt: skip
        queue.enqueue(session, JOB, interview_id=interview_id)
    return interview_id


def find(session: Session, interview_id: str, *, lock: bool = False) -> Interview:
    query = select(Interview).where(Interview.id == interview_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(interview_id)
    return found


def status(interview_id: str) -> InterviewStatus:
    with db.read() as session:
        row = session.execute(STATUS.where(Interview.id == interview_id)).one_or_none()
    if row is None:
        raise NotFound(interview_id)
    return InterviewStatus(*row)


def page(limit: int, offset: int) -> Page[InterviewStatus]:
    """Newest first."""
    query = STATUS.order_by(Interview.created_at.desc()).limit(limit).offset(offset)
    with db.read() as session:
        total = session.scalar(select(func.count()).select_from(Interview)) or 0
        found = [InterviewStatus(*row) for row in session.execute(query)]
    return Page(found, offset + len(found) < total, total=total)


def retry(interview_id: str, claim: Claim | None) -> None:
    """A failed interview goes on after its last message; the same request again does nothing more."""
    attempt = new_uuid()
    with db.begin() as session:
        row = find(session, interview_id, lock=True)
        if claim and idempotency.claim(session, claim, attempt) != attempt:
            return
        if row.status != Status.FAILED:
            raise NotFailed
        row.status, row.error, row.completed_at = Status.IN_PROGRESS, None, None
        queue.enqueue(session, JOB, interview_id=row.id)


def insights(dispatcher: FeedDispatcher, interview_id: str) -> JSONObject:
    """Waits a while for insights that are being made. Raises ``NoInsights``."""
    found = _stored_insights(interview_id)
    if found is None:
        _make_missing_insights(interview_id)
        wait_for_entry(dispatcher, feed.insights_of(interview_id), INSIGHTS_TIMEOUT)
        found = _stored_insights(interview_id)
    if found is None:
        raise NoInsights
    return found


def remove(interview_id: str) -> None:
    with db.begin() as session:
        find(session, interview_id, lock=True)
        session.execute(delete(Interview).where(Interview.id == interview_id))
        after_commit(session, feed.messages_of(interview_id).signal)


def _stored_insights(interview_id: str) -> JSONObject | None:
    with db.read() as session:
        row = find(session, interview_id)
    if row.status != Status.COMPLETED:
        raise NotCompleted
    return row.insights


def _make_missing_insights(interview_id: str) -> None:
    """Again, when nobody is at it; a few times at once, so that asking on and on does not pay for ever."""
    its = Job.name == JOB, Job.arguments["interview_id"].astext == interview_id
    states = select(Job.state).where(*its, or_(Job.state.in_(LIVE), Job.created_at > now() - LATELY))
    with db.begin() as session:
        row = session.get(Interview, interview_id, with_for_update={"skip_locked": True})
        if row is None or row.insights is not None:
            return
        known = session.scalars(states).all()
        if len(known) < MOST_TRIES and not LIVE & set(known):
            queue.enqueue(session, JOB, interview_id=interview_id)
