"""Takes usage records from the model port and writes them in batches: a call must not wait for its bookkeeping."""

from collections import deque

import gevent
import structlog
from gevent.lock import BoundedSemaphore
from sqlalchemy import insert

from app.accounts.models import ModelCall
from app.core.clock import now
from app.db.patience import AWAY
from app.db.rows import each
from app.db.session import Database
from app.llm.interfaces import BROKEN, UsageRecord
from app.observability import tracing
from app.observability.metrics import (
    MODEL_BROKEN,
    MODEL_CALLS,
    MODEL_FAULTS,
    MODEL_FIRST_TOKEN,
    MODEL_TOKENS,
    USAGE_DROPPED,
)

WRITE_AFTER = 0.2  # seconds that a record may wait for company
MOST_WAITING = 10_000  # while the database is away; beyond that the oldest are dropped and counted

COPIED = (
    "provider", "model", "input_tokens", "output_tokens", "estimated", "cost", "latency_ms", "first_token_ms",
    "outcome", "attempts",
)  # fmt: skip

Row = dict[str, object]

log = structlog.get_logger()


class Ledger:
    """A ``Recorder``. Rows are in the table a fraction of a second after the call ended."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Row] = deque()
        self._writing = BoundedSemaphore(1)
        self._writer: gevent.Greenlet | None = None

    def __call__(self, record: UsageRecord) -> None:
        _count(record)
        _trace(record)
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            USAGE_DROPPED.inc()
        self._waiting.append(_row(record))
        if self._writer is None or self._writer.dead:
            self._writer = gevent.spawn_later(WRITE_AFTER, self._write_all)

    def flush(self) -> bool:
        """Writes what is waiting, after what is being written; what can't be written now is kept for the next time."""
        with self._writing:
            return self._flush()

    def _write_all(self) -> None:
        """What comes while this writes is written too."""
        while self._waiting and self.flush():
            gevent.sleep(WRITE_AFTER)

    def _flush(self) -> bool:
        rows = list(self._waiting)
        self._waiting.clear()
        try:
            if rows:
                each("usage", [rows], self._write, self._write_apart)
        except AWAY as error:
            log.warning("usage_not_written", rows=len(rows), reason=type(error).__name__)
            self._waiting.extendleft(reversed(rows))
            return False
        return True

    def _write(self, rows: list[Row]) -> None:
        """What is written is taken from the list."""
        with self._database.begin() as session:
            session.execute(insert(ModelCall), rows)
        rows.clear()

    def _write_apart(self, rows: list[Row]) -> None:
        """One by one; a row that can't be written is dropped and counted."""
        while rows:
            each("usage", [rows[:1]], self._write, lambda _: USAGE_DROPPED.inc())
            del rows[0]


def _row(record: UsageRecord) -> Row:
    caller = record.caller
    counts = {name: getattr(record, name) for name in COPIED}
    return {
        "tenant_id": caller.tenant_id, "user_id": caller.user_id, "feature": caller.feature, "created_at": now(),
        "key_id": caller.key_id or None,
    } | counts  # fmt: skip


def _trace(record: UsageRecord) -> None:
    tokens, feature = (record.input_tokens, record.output_tokens), record.caller.feature
    tracing.record_model_call(feature, record.provider, record.model, tokens, record.outcome, record.latency_ms)


def _count(record: UsageRecord) -> None:
    provider, model = record.provider, record.model
    MODEL_CALLS.labels(record.caller.feature, provider, model, record.outcome).inc()
    for fault in record.faults:
        MODEL_FAULTS.labels(fault.provider, fault.model, fault.kind).inc()
        MODEL_BROKEN.labels(fault.provider, fault.model).set(fault.kind in BROKEN)
    if record.outcome == "ok":
        MODEL_BROKEN.labels(provider, model).set(0)
    MODEL_TOKENS.labels(provider, model, "input").inc(record.input_tokens)
    MODEL_TOKENS.labels(provider, model, "output").inc(record.output_tokens)
    if record.first_token_ms is not None:
        MODEL_FIRST_TOKEN.labels(provider, model).observe(record.first_token_ms / 1000)
