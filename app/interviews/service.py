"""Interviews as their endpoints need them: started, looked at, stopped, tried again, removed."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial

from gevent.lock import BoundedSemaphore
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.db.locks import advisory_lock
from app.db.pages import Page
from app.db.session import after_commit, db
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.event_stream import wait_for_entry
from app.interviews import feed, stop_token
from app.interviews.errors import NoInsights, NotCompleted, NotFailed, NotFound, NotInProgress, TooMany
from app.interviews.looks import looks
from app.interviews.models import MOVES, Interview, InterviewMessage, Status
from app.interviews.personas import Persona
from app.jobs.models import Job, JobState
from app.jobs.queue import queue
from app.turns import idempotency
from app.turns.idempotency import Claim

LENGTHS = (11, 13, 15)  # the interviewer opens and closes
JOB = "interviews.run"
INSIGHTS_TIMEOUT = 25.0  # seconds
LIVE = {JobState.QUEUED, JobState.RUNNING}
BEFORE_STOP = frozenset(state for state in Status if Status.STOPPED in MOVES[state])
LONGEST = timedelta(days=1)  # what is in progress for longer has lost its job, and takes nobody's place
LATELY, MOST_TRIES = timedelta(minutes=2), 3  # to make insights that failed
AT_ONCE = BoundedSemaphore(8)  # starts that hold a connection; a rush waits here rather than be refused one


@dataclass(frozen=True, slots=True)
class NewInterview:
    persona: Persona
    problem: str
    solution: str


@dataclass(frozen=True, slots=True)
class Started:
    """``stop_token`` is known to nobody else, and None where it can't be told again."""

    id: str
    stop_token: str | None
    shown_status: str = Status.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class InterviewStatus:
    id: str
    status: Status
    message_count: int
    created_at: datetime
    completed_at: datetime | None
    error: str | None

    @property
    def is_complete(self) -> bool:
        return self.status == Status.COMPLETED

    @property
    def is_stopped(self) -> bool:
        return self.status in {Status.STOPPED, Status.ABANDONED}

    @property
    def shown_status(self) -> Status:
        """In the contract's words: to its clients an interview that was stopped has failed, and ``error`` says why."""
        return Status.FAILED if self.is_stopped else self.status


MESSAGE_COUNT = (
    select(func.count()).where(InterviewMessage.interview_id == Interview.id).correlate(Interview).scalar_subquery()
)
STATUS = select(
    Interview.id, Interview.status, MESSAGE_COUNT, Interview.created_at, Interview.completed_at, Interview.error
)


def start(new: NewInterview, claim: Claim | None, most: int | None, begun: Callable[[str], None]) -> Started:
    """Stored and handed to a worker; the same request again is the same interview. ``most`` may be in progress.

    ``begun`` gets the id of one that is new.
    """
    row = Interview(
        id=new_uuid(), persona=asdict(new.persona), problem=new.problem, solution=new.solution,
        length=random.choice(LENGTHS), status=Status.IN_PROGRESS, created_at=now(),  # noqa: S311
    )  # fmt: skip
    with AT_ONCE, db.begin() as session:
        first = idempotency.claim(session, claim, row.id) if claim else row.id
        if first != row.id:
            return Started(first, stop_token.told(find(session, first), claim))
        _check_room(session, most)
        token = stop_token.issue(row, claim)
        session.add(row)
        queue.enqueue(session, JOB, interview_id=row.id)
        after_commit(session, partial(begun, row.id))
    return Started(row.id, token)


def _check_room(session: Session, most: int | None) -> None:
    """For one more in progress; others who begin wait until this transaction ends. Raises ``TooMany``."""
    if most is None:
        return
    advisory_lock(session, "interviews.running")
    lately = func.coalesce(Interview.seen_at, Interview.created_at) > func.clock_timestamp() - LONGEST
    running = select(func.count()).select_from(Interview).where(Interview.status == Status.IN_PROGRESS, lately)
    if (session.scalar(running) or 0) >= most:
        raise TooMany


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
    looks.note([interview_id])
    return InterviewStatus(*row)


def page(limit: int, offset: int) -> Page[InterviewStatus]:
    """Newest first."""
    query = STATUS.order_by(Interview.created_at.desc()).limit(limit).offset(offset)
    with db.read() as session:
        total = session.scalar(select(func.count()).select_from(Interview)) or 0
        found = [InterviewStatus(*row) for row in session.execute(query)]
    return Page(found, offset + len(found) < total, total=total)


def stop(interview_id: str, token: str) -> InterviewStatus:
    """For good, by who began it: what was said so far is kept, and readers are told. It may be asked for twice."""
    with db.begin() as session:
        row = find(session, interview_id, lock=True)
        stop_token.check(row, token)
        if row.status not in {Status.STOPPED, *BEFORE_STOP}:
            raise NotInProgress
        row.status, row.error = Status.STOPPED, feed.STOPPED
        after_commit(session, feed.messages_of(interview_id).signal)
    return status(interview_id)


def retry(interview_id: str, claim: Claim | None, most: int | None) -> None:
    """What failed or was abandoned goes on after its last message; the same request again does nothing more."""
    attempt = new_uuid()
    with db.begin() as session:
        row = find(session, interview_id, lock=True)
        if claim and idempotency.claim(session, claim, attempt) != attempt:
            return
        if Status.IN_PROGRESS not in MOVES[Status(row.status)]:
            raise NotFailed
        _check_room(session, most)
        row.status, row.error, row.completed_at, row.seen_at = Status.IN_PROGRESS, None, None, now()
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


def remove(session: Session, interview_id: str) -> None:
    find(session, interview_id, lock=True)
    session.execute(delete(Interview).where(Interview.id == interview_id))
    after_commit(session, feed.messages_of(interview_id).signal)


def _stored_insights(interview_id: str) -> JSONObject | None:
    with db.read() as session:
        row = find(session, interview_id)
    looks.note([interview_id])
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
