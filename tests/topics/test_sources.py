"""Where the facts in prompts come from: every name of the reference resolves in both adapters."""

import json
import threading
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from flask import Flask

from app.auth.principals import Principal
from app.topics import enrichment
from app.topics.engine import Engine
from app.topics.parameters import PARAMETERS
from app.web.container import resolve_from
from app.workspace.sources.http import USUAL
from app.workspace.sources.interfaces import DataAccess, Source
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.topics.conftest import BUSINESS, answer_of, execute
from tests.topics.test_catalog import NAMED_BY_THE_CONTRACT
from tests.topics.test_execute import prompt_of
from tests.turns.test_nul import with_nul

IDS = {
    "goal_id": "goal-123", "measure_id": "measure-1", "action_id": "action-1", "issue_id": "issue-456",
    "strategy_id": "strategy-1", "person_id": "person-1", "position_id": "position-1",
}  # fmt: skip
EXPECTED = {
    "vision": "Every hotel lobby glows like amber", "purpose": "We make evenings gentle", "industry": "Lighting",
    "business_type": "project, service", "business_stage": "growth", "strategy_name": "Showroom nights",
    "strategy_alignment_score": 72, "goal_name": "Win ten lighthouse hotels",
    "goal_description": "Ten that others visit",
    "goal_status": "active", "goal_progress": 30, "goals_count": 1, "measure_name": "Lobby visits",
    "measure_unit": "visits", "measure_direction": "up", "measure_type": "quantitative", "measure_current_value": 41,
    "measures_count": 1, "action_title": "Ring the Astoria", "action_status": "in_progress", "action_priority": "high",
    "action_due_date": "2031-02-01", "issue_title": "Flicker in cold rooms", "issue_status": "open",
    "issue_priority": "critical",
}  # fmt: skip


class CustomersServices:
    """The documented .NET customers, near enough: envelopes, both spellings, and what each was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.broken: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append((self.path, dict(self.headers)))
                status, body = outer.answer(self.path)
                sent = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path: str) -> tuple[int, Any]:
        bare = path.partition("?")[0].removeprefix("/account").removeprefix("/traction")
        if any(bare.startswith(broken) for broken in self.broken):
            return 500, {"success": False}
        return next(((200, body) for route, body in self.routes() if route == bare), (404, {"success": False}))

    def routes(self) -> list[tuple[str, Any]]:
        rows = {name: rows for name, rows in BUSINESS.items() if name != "foundation"}
        goal = rows["goals"][0] | {"dueDate": None}
        many = {
            "/goals": {"success": True, "data": {"items": [goal]}},
            "/strategies": {"success": True, "data": rows["strategies"]},
            "/measures/summary": {"success": True, "data": {"measures": rows["measures"], "summary": {}}},
            "/operations/actions": {"success": True, "data": {"data": rows["actions"]}},
            "/api/issues": {"success": True, "data": {"issues": rows["issues"]}},
            "/people": rows["people"],
            "/org/departments": {"success": True, "data": {"departments": rows["departments"]}},
            "/org/positions": {"success": True, "data": {"items": rows["positions"]}},
            "/business/foundation": {"success": True, "data": BUSINESS["foundation"]},
            "/goals/goal-123": {"success": True, "data": goal},
            "/strategies/strategy-1": {"success": True, "data": rows["strategies"][0]},
            "/measures/measure-1": {"success": True, "data": rows["measures"][0]},
            "/operations/actions/action-1": {"success": True, "data": {"success": True, "data": rows["actions"][0]}},
            "/api/issues/issue-456": {"success": True, "data": rows["issues"][0]},
            "/people/person-1": {"success": True, "data": rows["people"][0]},
            "/org/positions/position-1": {"success": True, "data": rows["positions"][0]},
        }
        return list(many.items())


@pytest.fixture(scope="module")
def servers() -> Iterator[CustomersServices]:
    running = CustomersServices()
    yield running
    running.server.shutdown()


@pytest.fixture
def customers(servers: CustomersServices) -> CustomersServices:
    servers.seen.clear()
    servers.broken.clear()
    return servers


@pytest.fixture(scope="module")
def connected(make_app: Callable[..., Flask], servers: CustomersServices) -> Flask:
    return make_app(ACCOUNT_SERVICE_URL=f"{servers.url}/account", TRACTION_SERVICE_URL=f"{servers.url}/traction/")


@pytest.fixture
def customer(connected: Flask, clean: None) -> Caller:
    return sign_in(connected, "olivia", "acme")


def resolved(app: Flask, token: str = "t") -> dict[str, Any]:
    """Every parameter that comes from a source, as a prompt would get it."""
    engine = resolve_from(app, Engine)
    access = DataAccess(Principal("olivia", "acme"), token)
    names = [name for name, parameter in PARAMETERS.items() if parameter.source is not Source.WEBSITE]
    gathered = enrichment.gather(engine.sources, None, enrichment.sources_of(names, IDS), access, IDS)
    return enrichment.enrich(names, names, IDS, gathered, access).values


def test_every_name_of_the_reference_resolves_in_the_workspace(app: Flask, business: Any) -> None:
    values = resolved(app)
    assert {name: values[name] for name in EXPECTED} == EXPECTED
    rest = NAMED_BY_THE_CONTRACT - {"website_content", "website_title", "conversation_history"}
    assert [name for name in rest if values[name] in (None, "", [], {})] == []


def test_every_name_of_the_reference_resolves_in_a_customers_services(
    connected: Flask, customers: CustomersServices, clean: None
) -> None:
    values = resolved(connected)
    assert {name: values[name] for name in EXPECTED} == EXPECTED
    rest = NAMED_BY_THE_CONTRACT - {"website_content", "website_title", "conversation_history"}
    assert [name for name in rest if values[name] in (None, "", [], {})] == []


def test_one_call_per_source_with_the_callers_token(
    customer: Caller, customers: CustomersServices, double: Double
) -> None:
    double.script({"json": answer_of("alignment_check")})
    assert execute(customer, "alignment_check", {"goal_id": "goal-123"}).status_code == 200
    paths = sorted(path for path, _ in customers.seen)
    assert len(paths) == len(set(paths)) and "/traction/goals/goal-123" in paths
    for _, headers in customers.seen:
        assert headers["Authorization"] == f"Bearer {customer.token}"
        assert headers["X-Tenant-Id"] == "acme"
    assert "Every hotel lobby glows like amber" in prompt_of(double)


def test_a_needed_source_that_fails_ends_the_run(
    customer: Caller, customers: CustomersServices, double: Double
) -> None:
    customers.broken = {"/business"}
    answer = execute(customer, "alignment_check", {"goal_id": "goal-123"})
    assert (answer.status_code, answer.json["detail"]) == (500, "Parameter enrichment failed")
    assert double.requests() == []


def test_a_source_that_is_only_liked_is_named_as_missing(
    customer: Caller, customers: CustomersServices, double: Double
) -> None:
    double.script({"json": answer_of("root_cause_suggestions")})
    customers.broken = {"/business"}
    answer = execute(customer, "root_cause_suggestions", {"issue_id": "issue-456"})
    assert answer.status_code == 200
    assert "onboarding" in answer.json["metadata"]["missing"]


def test_a_row_that_the_service_does_not_have(customer: Caller, customers: CustomersServices, double: Double) -> None:
    answer = execute(customer, "alignment_check", {"goal_id": "gone/../x"})
    assert (answer.status_code, answer.json["detail"]) == (404, "Goal not found: gone/../x")
    assert any("/goals/gone%2F..%2Fx" in path for path, _ in customers.seen)


def test_a_job_reads_its_sources_while_the_caller_is_there(
    customer: Caller, customers: CustomersServices, double: Double, work_off: Callable[[], None]
) -> None:
    double.script({"json": answer_of("alignment_check")})
    body = {"topic_id": "alignment_check", "parameters": {"goal_id": "goal-123"}}
    job = customer.post("/ai/execute-async", json=body).json["data"]["jobId"]
    asked = len(customers.seen)
    work_off()
    assert customer.get(f"/ai/jobs/{job}").json["data"]["status"] == "completed"
    assert len(customers.seen) == asked > 0
    assert "Every hotel lobby glows like amber" in prompt_of(double)


def test_a_nul_in_what_a_service_says_is_not_stored(
    customer: Caller,
    customers: CustomersServices,
    double: Double,
    work_off: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = customers.answer
    monkeypatch.setattr(customers, "answer", lambda path: with_nul(list(said(path))))
    double.script({"json": answer_of("alignment_check")})
    body = {"topic_id": "alignment_check", "parameters": {"goal_id": "goal-123"}}
    job = customer.post("/ai/execute-async", json=body).json["data"]["jobId"]
    work_off()
    assert customer.get(f"/ai/jobs/{job}").json["data"]["status"] == "completed"
    assert "Every hotel lobby glows like amber" in prompt_of(double)


def test_one_configured_service_leaves_the_rest_to_the_workspace(
    make_app: Callable[..., Flask], customers: CustomersServices, business: Any
) -> None:
    half = make_app(ACCOUNT_SERVICE_URL=f"{customers.url}/account")
    customers.broken = {"/goals", "/strategies"}
    values = resolved(half)
    assert (values["vision"], values["goal_name"]) == (EXPECTED["vision"], EXPECTED["goal_name"])


def test_every_source_has_a_place_at_the_customers() -> None:
    ours = {Source.REQUEST, Source.WEBSITE, Source.CONVERSATION, Source.COMPUTED}
    assert set(tomllib.loads(USUAL.read_text())) == {str(source) for source in set(Source) - ours}
