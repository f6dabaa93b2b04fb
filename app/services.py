"""What a process is made of, put together once: database, events, models, limits, and the desk where turns are made."""

from flask import Flask

from app import config
from app.auth.api_keys import Keyring
from app.auth.tokens import Tokens
from app.chat import jobs as chat_jobs
from app.chat.insights import jobs as insight_jobs
from app.chat.turns import Desk
from app.chat.weekly import jobs as weekly_jobs
from app.config import ConfigError, Settings
from app.extensions import broker, db
from app.jobs import queue
from app.limits.permits import Limits
from app.llm import vendors
from app.llm.interfaces import Deadlines, Embedder
from app.llm.registry import Models
from app.usage.ledger import Ledger
from app.workspace import indexing
from app.workspace import jobs as workspace_jobs

JOBS = (chat_jobs, insight_jobs, weekly_jobs, workspace_jobs)  # imported so that their jobs are known


def connect(app: Flask, settings: Settings) -> None:
    """Puts everything where the request path finds it: ``app.extensions``."""
    db.connect(_needed(settings, "DATABASE_URL", settings.database_url), settings.database_pool)
    broker.connect(_needed(settings, "REDIS_URL", settings.redis_url))
    queue.connect(broker.redis)
    ledger = Ledger(db)
    models = models_of(settings, ledger)
    embedder = embedder_of(settings)
    indexing.configure(embedder)
    app.extensions |= {
        "tokens": Tokens(settings.auth),
        "keyring": Keyring(db),
        "limits": Limits(broker.redis, dict(settings.rates)),
        "ledger": ledger,
        "models": models,
        "desk": Desk(db, broker, models, embedder),
    }


def models_of(settings: Settings, ledger: Ledger) -> Models:
    wanted = settings.models
    try:
        return vendors.build(wanted.specs, wanted.keys, wanted.base_urls, deadlines_of(wanted), ledger)
    except ValueError as error:
        raise ConfigError(f"LLM_MODELS: {error}") from None


def embedder_of(settings: Settings) -> Embedder | None:
    wanted = settings.models
    if not wanted.embedding:
        return None
    try:
        return vendors.embedder(wanted.embedding, wanted.keys, wanted.base_urls, deadlines_of(wanted))
    except ValueError as error:
        raise ConfigError(f"EMBEDDING_MODEL: {error}") from None


def deadlines_of(wanted: config.Models) -> Deadlines:
    return Deadlines(wanted.connect_timeout, wanted.first_timeout, wanted.between_timeout, wanted.total_timeout)


def _needed(settings: Settings, name: str, url: str) -> str:
    if url:
        return url
    raise ConfigError(f"{name} is not set and no embedded services run in {settings.data_dir}: start `make run` first.")
