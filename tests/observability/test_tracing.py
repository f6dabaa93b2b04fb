"""What a collector of traces is sent, over its real protocol."""

from collections.abc import Iterator

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from app.observability import tracing
from tests.conftest import Caller
from tests.observability.conftest import Collector

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def traced(collector: Collector) -> Iterator[Collector]:
    tracing.configure(f"http://{collector.address}/", "1.2.3")
    yield collector
    tracing.configure("", "")


def spans(collector: Collector) -> dict[str, Span]:
    tracing.flush()
    found = {}
    for path, body in collector.bodies:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            assert "coachhouse" in str(resource.resource)
            found |= {span.name: span for scope in resource.scope_spans for span in scope.spans}
    return found


def test_a_request_belongs_to_its_callers_trace(traced: Collector, owner: Caller) -> None:
    owner.get("/api/v1/me", headers={"traceparent": PARENT, "X-Request-Id": "r-1"})
    span = spans(traced)["GET /api/v1/me"]
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (PARENT[3:35], PARENT[36:52])
    assert span.end_time_unix_nano > span.start_time_unix_nano
    assert "r-1" in str(span.attributes)


def test_a_model_call_tells_its_tokens(traced: Collector) -> None:
    tracing.record_model_call("chat", "openai", "coach-1", (12, 34), "completed", 250)
    tracing.record_model_call("chat", "openai", "coach-2", (12, 0), "failed", 10)
    found = spans(traced)
    good, bad = found["chat coach-1"], found["chat coach-2"]
    assert round((good.end_time_unix_nano - good.start_time_unix_nano) / 1e6) == 250
    assert {item.key: item.value.int_value for item in good.attributes}["gen_ai.usage.output_tokens"] == 34
    assert (good.status.code, bad.status.code) == (Status.STATUS_CODE_UNSET, Status.STATUS_CODE_ERROR)


def test_without_a_collector_nothing_is_kept() -> None:
    tracing.record_job("x", "1", 0.1)
    assert tracing.flush() is False
