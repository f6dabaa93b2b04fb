"""Takes the traces of turns and writes them in batches, after the answers: one row each, and nobody waits for it."""

from decimal import Decimal

from app.core.json import JSONObject
from app.db.batches import Batches, Row
from app.db.session import Database
from app.observability.metrics import STAGE_SECONDS, TRACES_DROPPED
from app.traces import spans
from app.traces.models import TurnTrace
from app.turns.trace import Call, Trace


class TraceBook:
    """A ``TraceRecorder``. One per process."""

    def __init__(self, database: Database) -> None:
        self._rows = Batches(database, TurnTrace, TRACES_DROPPED.inc)
        self.flush = self._rows.flush

    def __call__(self, trace: Trace) -> None:
        for stage in trace.stages:
            STAGE_SECONDS.labels(stage.name).observe(stage.ms / 1000)
        spans.record(trace)
        self._rows.add(_row(trace))


def _row(trace: Trace) -> Row:
    used = [call.usage for call in trace.calls]
    return {
        "id": trace.id, "tenant_id": trace.tenant_id, "user_id": trace.user_id, "feature": trace.feature[:120],
        "answer_id": trace.answer.id, "conversation_id": trace.answer.conversation_id, "request_id": trace.request_id,
        "outcome": trace.outcome[:60], "ms": trace.ms, "created_at": trace.created_at,
        "input_tokens": sum(one.input_tokens for one in used),
        "output_tokens": sum(one.output_tokens for one in used),
        "cost": sum((Decimal(str(one.cost)) for one in used if one.cost is not None), Decimal()),
        "unpriced": sum(one.cost is None for one in used),
        "stages": [{"name": one.name, "at_ms": one.at_ms, "ms": one.ms} for one in trace.stages],
        "retrieved": [
            {"kind": one.kind, "id": one.id, "score": one.score, "matched": one.matched} for one in trace.retrieved
        ],
        "calls": [_call(call) for call in trace.calls],
    }  # fmt: skip


def _call(call: Call) -> JSONObject:
    used = call.usage
    return {
        "provider": used.provider, "model": used.model, "outcome": used.outcome, "at_ms": call.at_ms,
        "ms": used.latency_ms, "first_token_ms": used.first_token_ms, "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens, "estimated": used.estimated, "cost_usd": used.cost,
        "attempts": used.attempts,
        "faults": [{"provider": one.provider, "model": one.model, "kind": str(one.kind)} for one in used.faults],
    }  # fmt: skip
