"""Spans for OpenTelemetry, when there is a collector: requests, turns and model calls (after the GenAI conventions),
jobs.

A span is made when what it tells of is over, so that nothing on the way pays for it.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING

from app.llm.budget import COUNTED
from app.llm.usage import UsageRecord

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})\Z")

_provider: "TracerProvider | None" = None
_tracer: "Tracer | None" = None
_given: list[str] = []  # the id of the next span, and before it that of its trace, where they are known already


@dataclass(frozen=True, slots=True)
class Ended:
    """What is over: ``seconds`` long, so long ago as ``ago`` says. ``parts`` happened within it."""

    name: str
    kind: str
    seconds: float
    about: Mapping[str, str | int | float | bool]
    failed: bool = False
    ago: float = 0.0
    parts: Sequence["Ended"] = field(default=())


def configure(endpoint: str, release: str) -> None:
    """``endpoint`` is a collector's base URL for OTLP over HTTP. The SDK is loaded only where there is one."""
    global _provider, _tracer
    if not endpoint:
        _provider = _tracer = None
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        def generate_span_id(self) -> int:
            return int(_given.pop(), 16) if _given else super().generate_span_id()

        def generate_trace_id(self) -> int:
            return int(_given.pop(0), 16) if len(_given) > 1 else super().generate_trace_id()

    about = Resource.create({"service.name": "coachhouse", "service.version": release})
    _provider = TracerProvider(resource=about, id_generator=Ids())
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    _tracer = _provider.get_tracer("coachhouse", release)


def is_on() -> bool:
    return _tracer is not None


def flush() -> bool:
    """Sends what waits; a process does this before it ends."""
    return _provider is not None and bool(_provider.force_flush(5000))


def place_of_request(parent: str) -> str:
    """The ``traceparent`` of a request that begins, for what happens in it; ``parent`` is its caller's."""
    if _tracer is None:
        return ""
    known = TRACEPARENT.match(parent)
    trace_id, flags = known.groups() if known else (token_hex(16), "01")
    return f"00-{trace_id}-{token_hex(8)}-{flags}"


def record_request(
    method: str, route: str, status: int, seconds: float, request_id: str, parent: str = "", place: str = ""
) -> None:
    """A request; ``parent`` is the caller's ``traceparent``, ``place`` its own."""
    about: dict[str, str | int | float | bool] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
        "coachhouse.request_id": request_id,
    }
    is_known = TRACEPARENT.match(parent)
    if place and _tracer is not None:
        _given[:] = [place[36:52]] if is_known else [place[3:35], place[36:52]]
    record(Ended(f"{method} {route}", "SERVER", seconds, about, status >= 500), parent if is_known else "")
    _given.clear()


def record_model_call(call: UsageRecord) -> None:
    record(model_call(call))


def model_call(call: UsageRecord, ago: float = 0.0) -> Ended:
    """A call of a model of any kind, with what it used."""
    about: dict[str, str | int | float | bool] = {
        "gen_ai.operation.name": call.operation, "gen_ai.provider.name": call.provider,
        "gen_ai.request.model": call.model, "gen_ai.usage.input_tokens": call.input_tokens,
        "gen_ai.usage.output_tokens": call.output_tokens, "coachhouse.feature": call.caller.feature,
        "coachhouse.outcome": call.outcome, "coachhouse.attempts": call.attempts,
        "coachhouse.retries": len(call.faults),
        "coachhouse.failover": any(fault.model != call.model for fault in call.faults),
    }  # fmt: skip
    about |= {} if call.cost is None else {"coachhouse.cost_usd": call.cost}
    about |= {} if call.first_token_ms is None else {"coachhouse.first_token_ms": call.first_token_ms}
    failed = call.outcome not in COUNTED
    about |= {"error.type": call.outcome} if failed else {}
    return Ended(f"{call.operation} {call.model}", "CLIENT", call.latency_ms / 1000, about, failed, ago)


def record_job(job: str, job_id: str, seconds: float) -> None:
    record(Ended(f"job {job}", "CONSUMER", seconds, {"coachhouse.job": job, "coachhouse.job_id": job_id}))


def record(ended: Ended, parent: str = "") -> None:
    """``parent`` is a ``traceparent``."""
    if _tracer is None:
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    _make(_tracer, ended, context, time.time_ns())


def _make(tracer: "Tracer", ended: Ended, context: "Context | None", now: int) -> None:
    from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context

    end = now - int(ended.ago * 1e9)
    start = end - int(ended.seconds * 1e9)
    span = tracer.start_span(ended.name, context, SpanKind[ended.kind], ended.about, start_time=start)
    if ended.failed:
        span.set_status(StatusCode.ERROR)
    for part in ended.parts:
        _make(tracer, part, set_span_in_context(span), now)
    span.end(end)
