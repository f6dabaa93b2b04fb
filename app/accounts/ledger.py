"""Takes usage records from the model port and writes them in batches: a call must not wait for its bookkeeping."""

from app.accounts.models import ModelCall
from app.core.clock import now
from app.db.batches import Batches, Row
from app.db.session import Database
from app.llm.interfaces import BROKEN
from app.llm.usage import UsageRecord
from app.observability import tracing
from app.observability.metrics import (
    MODEL_BROKEN,
    MODEL_CALLS,
    MODEL_COST,
    MODEL_FAULTS,
    MODEL_FIRST_TOKEN,
    MODEL_TOKENS,
    MODEL_UNPRICED,
    USAGE_DROPPED,
)

COPIED = (
    "provider", "model", "input_tokens", "output_tokens", "estimated", "cost", "latency_ms", "first_token_ms",
    "outcome", "attempts", "operation", "quantity",
)  # fmt: skip


class Ledger:
    """A ``Recorder``. Rows are in the table a fraction of a second after the call ended."""

    def __init__(self, database: Database) -> None:
        self._rows = Batches(database, ModelCall, USAGE_DROPPED.inc)
        self.flush = self._rows.flush

    def __call__(self, record: UsageRecord) -> None:
        _count(record)
        if not record.in_turn:
            tracing.record_model_call(record)
        self._rows.add(_row(record))


def _row(record: UsageRecord) -> Row:
    caller = record.caller
    counts = {name: getattr(record, name) for name in COPIED}
    return {
        "tenant_id": caller.tenant_id, "user_id": caller.user_id, "feature": caller.feature, "created_at": now(),
        "key_id": caller.key_id or None,
    } | counts  # fmt: skip


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
    if record.cost is None:
        MODEL_UNPRICED.labels(provider, model).inc()
    else:
        MODEL_COST.labels(provider, model).inc(record.cost)
    if record.first_token_ms is not None:
        MODEL_FIRST_TOKEN.labels(provider, model).observe(record.first_token_ms / 1000)
