"""Spans for OpenTelemetry, when there is a collector: requests, model calls (after the GenAI conventions), jobs.

A span is made when what it tells of is over, so that nothing on the way pays for it.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

_provider: "TracerProvider | None" = None
_tracer: "Tracer | None" = None


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

    _provider = TracerProvider(resource=Resource.create({"service.name": "coachhouse", "service.version": release}))
    _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    _tracer = _provider.get_tracer("coachhouse", release)


def flush() -> bool:
    """Sends what waits; a process does this before it ends."""
    return _provider is not None and bool(_provider.force_flush(5000))


def record_request(method: str, route: str, status: int, seconds: float, request_id: str, parent: str = "") -> None:
    """A request; ``parent`` is the caller's ``traceparent``."""
    about: dict[str, str | int] = {
        "http.request.method": method,
        "http.route": route,
        "http.response.status_code": status,
    }
    _span(f"{method} {route}", "SERVER", seconds, {**about, "coachhouse.request_id": request_id}, status >= 500, parent)


def record_model_call(feature: str, provider: str, model: str, tokens: tuple[int, int], outcome: str, ms: int) -> None:
    """A model call, with its tokens in and out."""
    about: dict[str, str | int] = {
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": tokens[0], "gen_ai.usage.output_tokens": tokens[1],
        "coachhouse.feature": feature, "coachhouse.outcome": outcome,
    }  # fmt: skip
    _span(f"chat {model}", "CLIENT", ms / 1000, about, outcome != "completed")


def record_job(job: str, job_id: str, seconds: float) -> None:
    _span(f"job {job}", "CONSUMER", seconds, {"coachhouse.job": job, "coachhouse.job_id": job_id}, False)


def _span(name: str, kind: str, seconds: float, about: Mapping[str, str | int], failed: bool, parent: str = "") -> None:
    if _tracer is None:
        return
    from opentelemetry.trace import SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    end = time.time_ns()
    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    start = end - int(seconds * 1e9)
    span = _tracer.start_span(name, context, SpanKind[kind], about, start_time=start)
    if failed:
        span.set_status(StatusCode.ERROR)
    span.end(end)
