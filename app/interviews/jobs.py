"""The interview in a worker: message by message into the database, whether or not anybody watches."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import gevent
import structlog
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.database import new_uuid, now
from app.extensions import broker, db
from app.interviews import findings, talk
from app.interviews.models import Interview, InterviewMessage, Status
from app.interviews.service import JOB
from app.interviews.talk import Scene
from app.interviews.watching import Watchers
from app.jobs.registry import job
from app.llm.interfaces import ProviderError
from app.llm.registry import Models

TRIES = (0.5, 2.0)  # seconds before a turn is tried again
FAILED = "Failed to generate next response"

log = structlog.get_logger()


def give_up(interview_id: str) -> None:
    """The last attempt is over: readers are told."""
    _end(interview_id, Status.FAILED, FAILED)


@job(JOB, attempts=6, give_up=give_up)
def run(interview_id: str) -> None:
    """Goes on after the last stored message, so that it may be run twice."""
    broker.listen()
    models = cast(Models, current_app.extensions["models"])
    while (scene := _scene(interview_id)) is not None and len(scene.said) < scene.length:
        try:
            text = _turn(models, scene)
        except ProviderError as error:
            log.warning("interview_failed", interview_id=interview_id, kind=error.kind)
            _end(interview_id, Status.FAILED, FAILED)
            return
        _pace(interview_id)
        _store(interview_id, scene, text)
    if scene is not None:
        _end(interview_id, Status.COMPLETED, None)
    _conclude(models, interview_id)


def _turn(models: Models, scene: Scene) -> str:
    for pause in (*TRIES, None):
        try:
            return talk.speak(models, scene)
        except ProviderError as error:
            if pause is None or not error.retryable:
                raise
            gevent.sleep(pause)
    raise AssertionError("unreachable")


def _scene(interview_id: str) -> Scene | None:
    """None when there is nothing more to say."""
    with db.read() as session:
        row = session.get(Interview, interview_id)
        if row is None or row.status != Status.IN_PROGRESS:
            return None
        said = [message.message for message in _messages(session, interview_id)]
    return Scene(row.id, row.persona, row.problem, row.solution, row.length, said)


def _pace(interview_id: str) -> None:
    """Waits until the next message may be sent: between two sends, however long the model took."""
    least, most = current_app.extensions["settings"].interview_delay
    with db.read() as session:
        query = select(InterviewMessage.created_at).where(InterviewMessage.interview_id == interview_id)
        last = session.scalar(query.order_by(InterviewMessage.place.desc()).limit(1))
    if last is not None and most > 0:
        due = last + timedelta(seconds=random.uniform(least, most))  # noqa: S311
        gevent.sleep(max(0.0, (due - now()).total_seconds()))


def _store(interview_id: str, scene: Scene, text: str) -> None:
    """Whoever comes second with a message of the same place changes nothing."""
    row = insert(InterviewMessage).values(
        interview_id=interview_id, place=len(scene.said) + 1, id=new_uuid(), agent=scene.turn, message=text,
        created_at=now(),
    )  # fmt: skip
    with db.begin() as session:
        session.execute(row.on_conflict_do_nothing())
    _watchers().grown(interview_id)


def _end(interview_id: str, status: Status, error: str | None) -> None:
    open_one = Interview.id == interview_id, Interview.status == Status.IN_PROGRESS
    completed_at = now() if status is Status.COMPLETED else None
    ended = update(Interview).where(*open_one).values(status=status, error=error, completed_at=completed_at)
    with db.begin() as session:
        session.execute(ended)
    _watchers().grown(interview_id)


def _conclude(models: Models, interview_id: str) -> None:
    """The insights, once. A fault that may pass has the job tried again."""
    with db.read() as session:
        row = session.get(Interview, interview_id)
        messages = _messages(session, interview_id)
    if row is None or row.status != Status.COMPLETED or row.insights is not None:
        return
    scene = Scene(row.id, row.persona, row.problem, row.solution, row.length, [one.message for one in messages])
    found = findings.insights(models, scene, messages)
    kept = update(Interview).where(Interview.id == interview_id, Interview.insights.is_(None))
    with db.begin() as session:
        session.execute(kept.values(insights=found))
    _watchers().grown(interview_id)


def _messages(session: object, interview_id: str) -> Sequence[InterviewMessage]:
    query = select(InterviewMessage).where(InterviewMessage.interview_id == interview_id)
    found: Sequence[InterviewMessage] = session.scalars(query.order_by(InterviewMessage.place)).all()  # type: ignore[attr-defined]
    return found


def _watchers() -> Watchers:
    return cast(Watchers, current_app.extensions["watchers"])
