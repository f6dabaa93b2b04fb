"""What a collector of traces is sent, over its real protocol."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from app.observability import tracing
from tests.chat.conftest import aim, ask
from tests.conftest import Caller
from tests.double.client import Double
from tests.observability.conftest import Collector

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TURN = "invoke_agent chat.turn"


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


def test_a_turn_is_a_part_of_its_request_and_has_its_stages_and_calls(
    traced: Collector, owner: Caller, double: Double
) -> None:
    aim(owner, "Run a marathon")
    double.script({"status": 500}, {"usage": [12, 34]})
    answer = ask(owner, "How do I go on with the marathon?")
    found = spans(traced)
    request, turn, call = (found[name] for name in ("POST /api/v1/chat/message", TURN, "chat coach-1"))
    assert turn.parent_span_id == request.span_id and turn.trace_id == request.trace_id == call.trace_id
    assert {"care", "retrieval", "generation"} <= {
        name for name, span in found.items() if span.parent_span_id == turn.span_id
    }
    assert call.parent_span_id == turn.span_id and turn.status.code == Status.STATUS_CODE_UNSET
    told = facts(turn)
    assert told["gen_ai.conversation.id"] == answer.json["sessionId"]
    assert told["coachhouse.trace_id"] == answer.headers["X-Coachhouse-Trace"]


def test_a_call_tells_its_tokens_and_retries(traced: Collector, owner: Caller, double: Double) -> None:
    double.script({"status": 500}, {"usage": [12, 34]})
    ask(owner)
    told = facts(spans(traced)["chat coach-1"])
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (12, 34)
    assert (told["gen_ai.operation.name"], told["gen_ai.provider.name"]) == ("chat", "openai")
    assert (told["coachhouse.retries"], told["coachhouse.failover"]) == (1, False)


def test_what_was_retrieved_is_told_with_scores_and_without_words(
    traced: Collector, owner: Caller, double: Double
) -> None:
    goal = aim(owner, "Run a marathon")
    ask(owner, "How do I go on with the marathon?")
    [document] = json.loads(facts(spans(traced)["retrieval"])["gen_ai.retrieval.documents"])
    assert document["id"] == goal["id"] and document["score"] > 0
    assert b"marathon" not in b"".join(body for _, body in traced.bodies)


def test_a_failure_is_marked(traced: Collector, owner: Caller, double: Double) -> None:
    double.default(status=400)
    ask(owner)
    found = spans(traced)
    assert {found[name].status.code for name in (TURN, "chat coach-1")} == {Status.STATUS_CODE_ERROR}
    assert facts(found["chat coach-1"])["error.type"] == "refused"


def facts(span: Span) -> dict[str, Any]:
    values = {item.key: item.value for item in span.attributes}
    return {name: getattr(value, value.WhichOneof("value")) for name, value in values.items()}


def test_without_a_collector_nothing_is_kept() -> None:
    tracing.record_job("x", "1", 0.1)
    assert tracing.flush() is False
