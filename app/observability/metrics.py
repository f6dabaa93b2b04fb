"""Figures for Prometheus: requests, streams, model calls, jobs."""

from collections.abc import Iterator
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.config.environment import make_folder
from app.db.session import Database
from app.jobs.models import QueueName

make_folder("PROMETHEUS_MULTIPROC_DIR")  # its files are opened with the first figure
REQUESTS = Counter("coachhouse_requests_total", "Requests by route and status", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "coachhouse_request_seconds", "Time to the answer's first byte", ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
REQUEST_OVERHEAD = Histogram(
    "coachhouse_request_overhead_seconds", "The same without the time in which models were waited for", ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
STAGE_SECONDS = Histogram(
    "coachhouse_turn_stage_seconds", "Stages of turns", ["stage"],
    buckets=(0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)  # fmt: skip
TURNS = Counter("coachhouse_turns_total", "Coached turns by how they ended", ["outcome"])
CARE_FINDINGS = Counter("coachhouse_care_findings_total", "Findings in people's words", ["path", "level"])
CARE_CUTS = Counter("coachhouse_care_cuts_total", "Answers of models that were cut", ["path", "kind"])
CLAIMS_PUT_RIGHT = Counter(
    "coachhouse_claims_put_right_total", "Claims of coaches to have done what was not done",
    ["path", "kind", "language"],
)  # fmt: skip
CLAIMS_LEFT_OUT = Counter(
    "coachhouse_claims_left_out_total", "Quotations, dates and numbers of coaches that no source has", ["path", "kind"]
)
MODEL_CALLS = Counter("coachhouse_model_calls_total", "Model calls", ["feature", "provider", "model", "outcome"])
MODEL_FAULTS = Counter("coachhouse_model_faults_total", "Failed attempts at a model", ["provider", "model", "kind"])
MODEL_BROKEN = Gauge(
    "coachhouse_model_broken", "1 while a model can't be used: it is unknown, retired or not for this account",
    ["provider", "model"], multiprocess_mode="livemax",
)  # fmt: skip
MODEL_TOKENS = Counter("coachhouse_model_tokens_total", "Tokens", ["provider", "model", "direction"])
MODEL_FIRST_TOKEN = Histogram(
    "coachhouse_model_first_token_seconds", "Time to the first token", ["provider", "model"],
    buckets=(0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32),
)  # fmt: skip
LOG_LINES_DROPPED = Counter("coachhouse_log_lines_dropped_total", "Log lines that could not be written")
MODEL_COST = Counter("coachhouse_model_cost_usd_total", "US dollars, of calls that have a price", ["provider", "model"])
MODEL_UNPRICED = Counter("coachhouse_model_unpriced_total", "Model calls without a price", ["provider", "model"])
TRACES_DROPPED = Counter("coachhouse_traces_dropped_total", "Traces of turns that could not be written")
USAGE_DROPPED = Counter("coachhouse_usage_rows_dropped_total", "Usage rows lost while the database was away")


class JobFigures(Collector):
    """Jobs by state, read from their table at scrape time, whatever machine the workers are on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily("coachhouse_jobs", "Jobs of the last day by state", labels=["name", "state"])
        query = text("SELECT name, state, count(*) FROM jobs WHERE created_at > now() - interval '1 day' GROUP BY 1, 2")
        with suppress(SQLAlchemyError), self._database.read() as session:
            for name, state, count in session.execute(query):
                family.add_metric([name, state], count)
        yield family  # empty while the database is away: the process' own figures must still come out


class QueueFigures(Collector):
    """How long who waits for a worker has waited, by queue: each of them, whether or not anybody waits."""

    WAITING = text(
        "SELECT queue, count(*), extract(epoch FROM clock_timestamp() - min(due_at)) FROM jobs"
        " WHERE state = 'queued' AND due_at <= clock_timestamp() GROUP BY queue"
    )

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("coachhouse_jobs_waiting", "Jobs that are due and not begun", labels=["queue"])
        oldest = GaugeMetricFamily(
            "coachhouse_jobs_oldest_waiting_seconds", "How long the first of them has been due", labels=["queue"]
        )
        with suppress(SQLAlchemyError), self._database.read() as session:
            found = {queue: (count, seconds) for queue, count, seconds in session.execute(self.WAITING)}
            for queue in QueueName:
                count, seconds = found.get(queue, (0, 0))
                waiting.add_metric([queue], count)
                oldest.add_metric([queue], seconds)
        yield from (waiting, oldest)  # empty while the database is away


class EmbeddingFigures(Collector):
    """Pieces of documents by the model that embedded them: after a change of model, how far it has come."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "coachhouse_document_chunks", "Pieces by embedding model", labels=["embedding_model"]
        )
        query = text("SELECT coalesce(embedding_model, ''), count(*) FROM document_chunks GROUP BY 1")
        with suppress(SQLAlchemyError), self._database.read() as session:
            for model, count in session.execute(query):
                family.add_metric([model], count)
        yield family


def exposition(database: Database, multiprocess_dir: str) -> bytes:
    """The text that Prometheus scrapes, summed over this machine's web processes."""
    registry = CollectorRegistry()
    if multiprocess_dir:
        multiprocess.MultiProcessCollector(registry, path=multiprocess_dir)  # type: ignore[no-untyped-call]
    figures = generate_latest(registry if multiprocess_dir else REGISTRY)
    stored = CollectorRegistry()
    stored.register(JobFigures(database))
    stored.register(QueueFigures(database))
    stored.register(EmbeddingFigures(database))
    return figures + generate_latest(stored)
