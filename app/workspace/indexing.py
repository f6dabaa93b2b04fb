"""Goals, progress notes and journal entries as documents of the index, written in the transaction of their row."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.care.safety import in_crisis, stored_of
from app.core import weeks
from app.db.ownership import Owner
from app.jobs.queue import queue
from app.llm.interfaces import Embedder
from app.provenance.sources import GOAL, MILESTONE, PROGRESS, Source, version_of
from app.retrieval import index
from app.retrieval.index import Document
from app.workspace.models import Goal, JournalEntry, Milestone, ProgressUpdate

MOMENT = timedelta(microseconds=1)
EMBEDDING_QUEUED = "embedding_queued"  # one job per transaction, however much it writes

_embedder: Embedder | None = None


def configure(embedder: Embedder | None) -> None:
    global _embedder
    _embedder = embedder


def embedder() -> Embedder | None:
    return _embedder


def put_goal(session: Session, goal: Goal) -> None:
    """The goal with its milestones as they are now; call it after a flush."""
    _put(session, goal, goal_document(goal))


def save_goal(session: Session, goal: Goal) -> None:
    """Something happened on the way to this goal."""
    goal.touch()
    session.flush()
    put_goal(session, goal)


def goal_document(goal: Goal, zone: str = "UTC") -> Document:
    """``zone`` counts for dates that were given with a time."""
    upcoming = next((milestone for milestone in goal.milestones if not milestone.completed), None)
    facts = {"status": goal.status, "progress": str(goal.progress_percentage), "category": goal.category}
    if goal.target_date:
        facts["target"] = weeks.day_of(goal.target_date, zone).isoformat()
    if upcoming:
        facts["next"] = upcoming.title
    steps = "; ".join(_step(milestone, zone) for milestone in goal.milestones)
    words = "\n".join(part for part in (goal.description, f"Milestones: {steps}" if steps else "") if part)
    safety = stored_of(goal.title, words)
    sources = (goal_source(goal), *map(milestone_source, goal.milestones))
    return Document("goal", goal.id, goal.title, words, goal.last_activity, facts, safety=safety, sources=sources)


def goal_source(goal: Goal) -> Source:
    return Source(GOAL, goal.id, version_of(goal.updated_at))


def milestone_source(step: Milestone) -> Source:
    return Source(MILESTONE, step.id, version_of(step.title, step.due_date, step.completed_at))


def put_progress(session: Session, goal: Goal, note: ProgressUpdate) -> None:
    _put(session, note, progress_document(goal.title, note))


def progress_document(title: str, note: ProgressUpdate) -> Document:
    """A note under its goal's title."""
    safety = stored_of(title, note.content)
    source = Source(PROGRESS, note.id, version_of(note.created_at))
    return Document("progress", note.id, title, note.content, note.created_at, {}, note.goal_id, safety, (source,))


def put_entry(session: Session, entry: JournalEntry) -> None:
    facts = entry_facts(entry.mood, entry.tags)
    dated_at = entry_moment(entry.entry_date, entry.timezone, all_day=entry.all_day)
    document = Document("journal", entry.id, entry.title, entry.content, dated_at, facts, safety=entry.safety)
    _put(session, entry, document)


def entry_moment(moment: datetime, own_zone: str | None, *, all_day: bool) -> datetime:
    """What ``weeks.on_calendar`` has its day from, wherever its reader is.

    Of an entry with a zone of its own it is the day there. A moment that is midnight in UTC by chance is no day.
    """
    if all_day:
        return moment
    if own_zone:
        return weeks.midnight(weeks.local_date(moment, own_zone), "UTC")
    return moment + MOMENT if weeks.is_day(moment) else moment


def put_new(session: Session, owner: Owner, documents: Sequence[Document]) -> None:
    """Of rows that were just made, all at once."""
    shown = [document for document in documents if not in_crisis(document.safety)]
    index.put_new(session, owner.tenant_id, owner.user_id, shown)
    if shown:
        _ask_for_vectors(session, owner)


def entry_facts(mood: str | None, tags: Sequence[str]) -> dict[str, str]:
    return {name: value for name, value in (("mood", mood), ("tags", ", ".join(tags))) if value}


def remove(session: Session, row: Goal | ProgressUpdate | JournalEntry) -> None:
    """Takes a row, and what belongs to it, out of the index."""
    index.remove(session, row.tenant_id, row.user_id, row.id)


def _put(session: Session, row: Goal | ProgressUpdate | JournalEntry, document: Document) -> None:
    """What is found goes to models, so that what was written in a crisis is not to be found."""
    if in_crisis(document.safety):
        index.remove(session, row.tenant_id, row.user_id, row.id, keep_children=True)
        return
    index.put(session, row.tenant_id, row.user_id, document)
    _ask_for_vectors(session, row)


def _ask_for_vectors(session: Session, owner: Owner) -> None:
    if _embedder is not None and not session.info.get(EMBEDDING_QUEUED):
        session.info[EMBEDDING_QUEUED] = True
        queue.enqueue(session, "workspace.embed", owner.tenant_id, owner.user_id)


def _step(milestone: Milestone, zone: str) -> str:
    shown = f"[{'x' if milestone.completed else ' '}] {milestone.title}"
    if milestone.due_date is None or milestone.completed:
        return shown
    return f"{shown} (due {weeks.day_of(milestone.due_date, zone).isoformat()})"
