"""Standing tests over every route that there is."""

import json
import re

from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.web.errors import RENDERERS
from tests.conftest import Caller

OPEN = {
    "/health",
    "/health/live",
    "/health/ready",
    "/metrics",
    "/",
    "/api/schema/",
    "/api/schema/swagger-ui/",
    "/api/schema/redoc/",
    "/ai/topics",
    "/ai/schemas",
    "/ai/schemas/<name>",
    "/api/media/<media_id>",
    "/api/v1/care/resources",
    "/api/v1/care/disclosure",
    "/api/v1/exports/<export_id>",
    "/api/interviews/start",
    "/api/interviews/personas",
    "/api/interviews/<interview_id>/status",
    "/api/interviews/<interview_id>/insights",
    "/api/interviews/<interview_id>/stream",
    "/api/interviews/<interview_id>/retry",
    "/api/interviews/<interview_id>/stop",
    "/interviews",
    "/interviews/<interview_id>",
    "/care",
    "/data",
    "/admin",
    "/playground",
    "/desk/files/<version>/<path:name>",
    "/api/test/",
    "/journal-app/api/v1/health",
    "/auth/sign-up",
    "/auth/sign-in",
    "/auth/refresh",
    "/auth/sign-out",
    "/auth/magic-link",
    "/auth/magic-link/use",
    "/auth/password/forgot",
    "/auth/password/reset",
    "/auth/verify",
    "/auth/email/confirm",
    "/auth/oidc/start",
    "/auth/oidc/callback",
    "/api/v1/dev/outbox",
    "/api/v1/dev/demo",
    "/app",
    "/app/files/<version>/<name>",
    "/app/manifest.webmanifest",
    "/app/worker.js",
}
API = (
    "/api/v1/", "/ai/", "/admin/", "/workspace/", "/coaching/", "/operations/", "/suggestions/", "/website/",
    "/insights", "/conversations/", "/multitenant/", "/api/voices/",
    "/api/agents/", "/api/sessions/", "/api/chats/", "/api/slides/", "/api/media/", "/api/interviews", "/journal-app/",
    "/auth/",
)  # fmt: skip
ALIASES = ("goal.", "journal_app_products.")  # endpoints of blueprints that stand at another place too
FRAMEWORK = {"/static/<path:filename>", "/api/schema/"}


def routes(app: Flask) -> list[tuple[str, object]]:
    return [(rule.rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()]


def test_every_route_declares_its_auth(app: Flask) -> None:
    silent = {rule for rule, view in routes(app) if not hasattr(view, "auth")}
    assert silent <= FRAMEWORK


def test_only_the_listed_routes_are_open(app: Flask) -> None:
    assert {rule for rule, view in routes(app) if getattr(view, "auth", "") == "public"} <= OPEN


def test_the_document_is_one_by_an_independent_judge(anonymous: Caller) -> None:
    judged = OpenAPIV31SpecValidator(anonymous.get("/api/schema/").json).iter_errors()
    assert [f"{list(error.absolute_path)}: {error.message}" for error in judged] == []


def test_every_operation_is_told_apart_and_shows_its_own_errors(anonymous: Caller) -> None:
    document = anonymous.get("/api/schema/").json
    operations = [
        operation for item in document["paths"].values() for method, operation in item.items() if method != "parameters"
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    responses = [response for operation in operations for response in operation["responses"].items()]
    assert [status for status, response in responses if "$ref" in response] == []
    silent = [
        status for status, response in responses if status not in {"101", "204", "302"} and "content" not in response
    ]
    assert silent == []


def test_no_guarded_route_answers_without_a_token(app: Flask, anonymous: Caller) -> None:
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "auth", "public") == "public" or rule.endpoint in FRAMEWORK:
            continue
        path = rule.build(dict.fromkeys(rule.arguments, 1))[1]
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            asks_in_frames = getattr(app.view_functions[rule.endpoint], "auth", "") == "socket"
            assert anonymous.open(method, path).status_code == (426 if asks_in_frames else 401), (method, path)


def test_every_prefix_has_one_error_form() -> None:
    prefixes = [prefix for prefix, _ in RENDERERS]
    assert prefixes == sorted(prefixes, key=len, reverse=True)


def test_the_document_lists_every_api_route_once(app: Flask, anonymous: Caller) -> None:
    document = anonymous.get("/api/schema/").json
    assert document["openapi"] == "3.1.0"
    listed = set(document["paths"])
    rules = [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(ALIASES)]
    served = {re.sub(r"<(?:path:|int:|uuid:)?(\w+)>", r"{\1}", rule.rule) for rule in rules}
    assert {path for path in served if path.startswith(API)} == listed


def test_every_operation_has_a_summary_security_and_errors(anonymous: Caller) -> None:
    document = anonymous.get("/api/schema/").json
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                continue
            assert operation.get("summary"), (method, path)
            guarded = operation["security"] != []
            assert operation["security"] in ([{"bearer": []}], [{"apiKey": []}], []), (method, path)
            assert not guarded or "401" in operation["responses"], (method, path)


def test_the_document_leaks_no_internals(anonymous: Caller) -> None:
    text = json.dumps(anonymous.get("/api/schema/").json)
    assert "tenant_id" not in text.replace("`tenant_id`", "")
