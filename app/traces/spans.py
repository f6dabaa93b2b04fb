"""A turn as spans, after OpenTelemetry's GenAI conventions: an agent that is invoked, its stages, what it was given,
the models that it asked.
"""

from collections.abc import Iterator

from app.core.json import to_json
from app.observability import tracing
from app.observability.tracing import Ended
from app.turns.trace import CANCELLED, COMPLETED, CRISIS, CUT, Stage, Trace

WELL = frozenset({COMPLETED, CANCELLED, CRISIS, CUT})


def record(trace: Trace) -> None:
    if not tracing.is_on():
        return
    failed = trace.outcome not in WELL
    about: dict[str, str | int | float | bool] = {
        "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": trace.feature,
        "gen_ai.usage.input_tokens": sum(call.usage.input_tokens for call in trace.calls),
        "gen_ai.usage.output_tokens": sum(call.usage.output_tokens for call in trace.calls),
        "coachhouse.trace_id": trace.id, "coachhouse.outcome": trace.outcome,
        "coachhouse.request_id": trace.request_id, "coachhouse.calls": len(trace.calls),
        "coachhouse.cost_usd": sum(call.usage.cost or 0.0 for call in trace.calls),
        "coachhouse.unpriced": sum(call.usage.cost is None for call in trace.calls),
    }  # fmt: skip
    about |= {"gen_ai.conversation.id": trace.answer.conversation_id} if trace.answer.conversation_id else {}
    about |= {"error.type": trace.outcome} if failed else {}
    parts = tuple(_parts(trace))
    name = f"invoke_agent {trace.feature}"
    tracing.record(Ended(name, "INTERNAL", trace.ms / 1000, about, failed, parts=parts), trace.parent)


def _parts(trace: Trace) -> Iterator[Ended]:
    for stage in trace.stages:
        yield _stage(trace, stage)
    for call in trace.calls:
        yield tracing.model_call(call.usage, _ago(trace, call.at_ms + call.usage.latency_ms))


def _stage(trace: Trace, stage: Stage) -> Ended:
    about: dict[str, str | int | float | bool] = {"coachhouse.stage": stage.name}
    name = stage.name
    if stage.name == "context" and trace.retrieved:
        name = "retrieval"
        found = [{"id": one.id, "score": one.score} for one in trace.retrieved if one.score is not None]
        about |= {"gen_ai.operation.name": "retrieval", "gen_ai.retrieval.documents": to_json(found)}
    return Ended(name, "INTERNAL", stage.ms / 1000, about, ago=_ago(trace, stage.at_ms + stage.ms))


def _ago(trace: Trace, at_ms: float) -> float:
    """Seconds before the turn's end."""
    return max(0.0, (trace.ms - at_ms) / 1000)
