"""Embedding what was written, in batches, away from the request."""

from threading import Event, Lock

import structlog

from app.db.session import db
from app.jobs.registry import JobDefinition, PeriodicJob
from app.retrieval import index
from app.workspace import indexing

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


JOBS = (
    JobDefinition("workspace.embed", embed),
    PeriodicJob("workspace.embed", embed, every=30),  # what a failed job left behind,
    PeriodicJob("workspace.renew_lexemes", renew_lexemes, every=60),
)
