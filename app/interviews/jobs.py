"""The interview in a worker: message by message into the database, whether or not anybody watches."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import gevent
import structlog
from sqlalchemy import exists, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from app.config.settings import Settings
from app.core.clock import now
from app.core.ids import new_uuid
from app.db.session import db
from app.interviews import findings, talk
from app.interviews.models import Interview, InterviewMessage, Status
from app.interviews.service import JOB
from app.interviews.talk import Scene
from app.interviews.watching import Watchers
from app.jobs.registry import JobDefinition
from app.llm.interfaces import ProviderError
from app.llm.registry import Models
from app.streams.signals import signals
from app.web.container import resolve

TRIES = (0.5, 2.0)  # seconds before a turn is tried again
FAILED = "Failed to generate next response"

log = structlog.get_logger()


def give_up(interview_id: str) -> None:
    """The last attempt is over: readers are told."""
    _end(interview_id, Status.FAILED, FAILED)


def run(interview_id: str) -> None:
    """Goes on after the last stored message, so that it may be run twice."""
    signals.listen()
    models = resolve(Models)
    scene = _scene(interview_id)
    while scene is not None and len(scene.said) < scene.length:
        try:
            text = _turn(models, scene)
        except ProviderError as error:
            log.warning("interview_failed", interview_id=interview_id, kind=error.kind)
            _end(interview_id, Status.FAILED, FAILED)
            return
        _pace(scene)
        scene = _stored(scene, text)
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
        messages = _messages(session, interview_id)
    return _scene_of(row, messages)


def _scene_of(row: Interview, messages: Sequence[InterviewMessage]) -> Scene:
    last_at = messages[-1].created_at if messages else None
    said = [message.message for message in messages]
    return Scene(row.id, row.persona, row.problem, row.solution, row.length, said, last_at)


def _pace(scene: Scene) -> None:
    """Waits until the next message may be sent: between two sends, however long the model took."""
    least, most = resolve(Settings).interview_delay
    if scene.last_at is not None and most > 0:
        due = scene.last_at + timedelta(seconds=random.uniform(least, most))  # noqa: S311
        gevent.sleep(max(0.0, (due - now()).total_seconds()))


def _stored(scene: Scene, text: str) -> Scene | None:
    """The scene after a message, in one statement; whoever comes second or too late looks again at what there is."""
    place, moment = len(scene.said) + 1, now()
    values = select(
        *map(literal, (scene.interview_id, place, new_uuid(), str(scene.turn), text)), literal(moment)
    ).where(exists().where(Interview.id == scene.interview_id, Interview.status == Status.IN_PROGRESS))
    columns = ["interview_id", "place", "id", "agent", "message", "created_at"]
    row = insert(InterviewMessage).from_select(columns, values).on_conflict_do_nothing()
    with db.single() as connection:
        added = connection.execute(row.returning(InterviewMessage.place)).first()
    if added is None:
        return _scene(scene.interview_id)
    _watchers().grown(scene.interview_id)
    return replace(scene, said=[*scene.said, text], last_at=moment)


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
    found = findings.insights(models, _scene_of(row, messages), messages)
    kept = update(Interview).where(Interview.id == interview_id, Interview.insights.is_(None))
    with db.begin() as session:
        session.execute(kept.values(insights=found))
    _watchers().grown(interview_id)


def _messages(session: object, interview_id: str) -> Sequence[InterviewMessage]:
    query = select(InterviewMessage).where(InterviewMessage.interview_id == interview_id)
    found: Sequence[InterviewMessage] = session.scalars(query.order_by(InterviewMessage.place)).all()  # type: ignore[attr-defined]
    return found


def _watchers() -> Watchers:
    return resolve(Watchers)


JOBS = (JobDefinition(JOB, run, attempts=6, give_up=give_up),)
