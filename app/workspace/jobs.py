"""Embedding what was written, in batches, away from the request."""

from threading import Event, Lock

import structlog

from app.auth.principals import Principal
from app.db.session import db
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.retrieval import index
from app.workspace import indexing, reindexing

log = structlog.get_logger()

_asked = Event()
_embedding = Lock()


def embed() -> None:
    """Embeds every piece that has no vector yet. Where one job is at it, others leave their pieces to that one."""
    _asked.set()
    while _asked.is_set() and _embedding.acquire(blocking=False):
        try:
            _asked.clear()
            _embed_all()
        finally:
            _embedding.release()


def _embed_all() -> None:
    embedder = indexing.embedder()
    while embedder is not None and (done := index.embed_pending(db, embedder)):
        log.info("pieces_embedded", done=done, left=index.embeddings_left(db, embedder.model), model=embedder.model)


def renew_lexemes() -> None:
    """After an update of the service: what was written before is found by the new rules as well."""
    while done := index.renew_lexemes(db):
        log.info("lexemes_renewed", done=done)


def sign_vectors() -> None:
    """After an update of the service: vectors of before it are searched as quickly as new ones."""
    while done := index.sign_pending(db):
        log.info("vectors_signed", done=done)


def index_notes(tenant_id: str, user_id: str, goal_id: str, after: str) -> None:
    """Of a goal that has another title."""
    last: str | None = after
    while last:
        with db.begin() as session:
            last = reindexing.index_notes(session, Principal(user_id, tenant_id), goal_id, last)


def index_goals(tenant_id: str, user_id: str, category: str, after: str) -> None:
    """Of a category that has another name, or took in another one's goals."""
    last: str | None = after
    while last:
        with db.begin() as session:
            last = reindexing.index_goals(session, Principal(user_id, tenant_id), category, last)


JOBS = (
    JobDefinition(reindexing.NOTES, index_notes, QueueName.BATCH),
    JobDefinition(reindexing.GOALS, index_goals, QueueName.BATCH),
    JobDefinition("workspace.embed", embed, QueueName.BATCH),
    PeriodicJob("workspace.embed", embed, every=30),  # what a failed job left behind,
    PeriodicJob("workspace.renew_lexemes", renew_lexemes, every=60),
    PeriodicJob("workspace.sign_vectors", sign_vectors, every=60),
)
