"""What every answer carries, whatever was asked."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from tests.conftest import Caller

PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,cache-control,content-type,expires,pragma",
}


def test_every_answer_has_a_request_id(anonymous: Caller) -> None:
    assert len(anonymous.get("/health").headers["X-Request-Id"]) == 32
    assert anonymous.get("/nowhere").headers["X-Request-Id"]


def test_a_callers_own_id_is_kept_if_it_is_harmless(anonymous: Caller) -> None:
    assert anonymous.get("/health", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    assert anonymous.get("/health", headers={"X-Request-Id": "a b"}).headers["X-Request-Id"] != "a b"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/chat/nope", {"statusCode": 404, "message": "Cannot GET /api/v1/chat/nope", "error": "Not Found"}),
        ("/api/interviews/nope/x/y", {"error": "Not found", "message": "Cannot GET /api/interviews/nope/x/y"}),
        ("/api/voices-nope", {"status": "not_found", "code": "not_found", "message": "Cannot GET /api/voices-nope"}),
    ],
)
def test_unknown_routes_answer_in_the_contracts_form(anonymous: Caller, path: str, body: dict[str, object]) -> None:
    answer = anonymous.get(path)
    assert (answer.status_code, answer.json) == (404, body)


def test_other_unknown_routes_answer_in_the_unified_form(anonymous: Caller) -> None:
    answer = anonymous.get("/ai/nope").json
    assert (answer["success"], answer["code"]) == (False, "NOT_FOUND")


def test_nul_in_a_url_is_400(owner: Caller) -> None:
    assert owner.get("/api/v1/chat/session/a%00b").status_code == 400
    assert owner.get("/api/v1/journal/search?q=a%00b").status_code == 400


def test_a_wrong_method_is_405_and_says_what_is_allowed(owner: Caller) -> None:
    answer = owner.delete("/api/v1/chat/message")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_an_unforeseen_error_tells_nothing(owner: Caller, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr("app.chat.sessions.page", broken)
    answer = owner.get("/api/v1/chat/sessions")
    assert answer.json == {"statusCode": 500, "message": "Internal server error", "error": "Internal Server Error"}


def test_a_database_that_is_away_is_503_with_a_time_to_retry(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("select", {}, Exception("gone"))

    monkeypatch.setattr("app.chat.sessions.page", away)
    answer = owner.get("/api/v1/chat/sessions")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_a_browser_on_localhost_may_call_while_developing(anonymous: Caller) -> None:
    answer = anonymous.open("OPTIONS", "/api/v1/chat/sessions", headers=PREFLIGHT | {"Origin": "http://localhost:3000"})
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert all(name in allowed for name in ("authorization", "cache-control", "content-type", "expires", "pragma"))


def test_other_origins_are_not_let_in(anonymous: Caller) -> None:
    for origin in ("https://evil.example", "http://localhost.evil.example", "null"):
        answer = anonymous.open("OPTIONS", "/api/v1/chat/sessions", headers=PREFLIGHT | {"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_in_production_only_configured_origins_may_call(make_app: Callable[..., Flask]) -> None:
    app = make_app(APP_ENV="production", CORS_ORIGINS="https://app.example")
    for origin, allowed in (("https://app.example", "https://app.example"), ("http://localhost:3000", None)):
        answer = app.test_client().options("/api/v1/chat/sessions", headers=PREFLIGHT | {"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == allowed


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://app.vercel.app", True),
        ("https://APP-2.vercel.app", True),
        ("https://xvercel.app", False),
        ("https://xvercel.app.evil.io", False),
        ("https://a.b.vercel.app", False),
        ("https://.vercel.app", False),
        ("https://app.vercel.app.evil.io", False),
        ("https://app.vercel.app:8443", False),
        ("http://app.vercel.app", False),
        ("https://app.example", True),
        ("https://appxexample", False),
    ],
)
def test_a_star_stands_for_one_label(make_app: Callable[..., Flask], origin: str, is_allowed: bool) -> None:
    app = make_app(CORS_ORIGINS="https://*.vercel.app,https://app.example")
    answer = app.test_client().options("/api/v1/chat/sessions", headers=PREFLIGHT | {"Origin": origin})
    assert ("Access-Control-Allow-Origin" in answer.headers) is is_allowed


def test_only_the_contracts_paths_answer_under_their_prefixes(operator: Caller) -> None:
    for path in ("/api/v1/ai/topics", "/coaching/api/v1/ai/topics", "/coaching/api/v1/workspace/goals"):
        assert operator.get(path).status_code == 200
    for path in ("/api/v1/metrics", "/coaching/api/v1/rq/", "/api/v1/static/site.css", "/coaching/api/v1/api/schema/"):
        assert operator.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/api/schema/swagger-ui/", "/api/test/", "/interviews", "/rq/"])
def test_a_page_runs_its_own_scripts_and_is_framed_by_nobody(operator: Caller, path: str) -> None:
    page = operator.get(path)
    policy = page.headers["Content-Security-Policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert ("frame-ancestors 'none'" in policy, "unsafe-inline" in scripts, "*" in policy) == (True, False, False)
    inline = [tag for tag in page.data.decode().split("<script")[1:] if " src=" not in tag.partition(">")[0]]
    assert all("nonce=" in tag.partition(">")[0] for tag in inline)
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_what_is_a_persons_own_is_kept_by_no_cache(owner: Caller) -> None:
    for path in ("/api/v1/journal", "/api/v1/me", "/workspace/goals", "/api/v1/nothing"):
        assert owner.get(path).headers["Cache-Control"] == "no-store"


def test_odd_requests_make_no_new_figures(anonymous: Caller) -> None:
    def series() -> int:
        return sum(line.startswith(b"coachhouse") for line in anonymous.get("/metrics").data.splitlines())

    def throw(count: int) -> None:
        for number in range(count):
            anonymous.open(f"X{number}", f"/nowhere/{number}")
            anonymous.open("GET", f"/ai/schemas/{number}?{number}={number}")

    throw(1)
    series()  # is a request too
    before = series()
    throw(5000)
    assert series() == before


def test_forwarded_headers_count_only_from_trusted_proxies(make_app: Callable[..., Flask]) -> None:
    app = make_app(TRUSTED_PROXIES="10.0.0.0/8")
    spoofed = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9"}
    for peer, seen in (("10.1.2.3", "203.0.113.9"), ("198.51.100.1", "198.51.100.1")):
        with app.test_request_context(headers=spoofed, environ_base={"REMOTE_ADDR": peer}) as context:
            environ = context.request.environ
            app.wsgi_app(environ, lambda *_: lambda _: None)
            assert environ["REMOTE_ADDR"] == seen


@pytest.mark.parametrize(
    ("hop", "seen"),
    [
        ("203.0.113.9:4711", "203.0.113.9"), ("2001:db8::9", "2001:db8::9"), ("[2001:db8::9]:4711", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"), ("203.0.113.9, 10.0.0.8:80", "203.0.113.9"),
    ],
)  # fmt: skip
def test_a_proxy_may_name_the_port_too(make_app: Callable[..., Flask], hop: str, seen: str) -> None:
    app = make_app(TRUSTED_PROXIES="10.0.0.0/8")
    peer = {"REMOTE_ADDR": "10.1.2.3"}
    with app.test_request_context(headers={"X-Forwarded-For": hop}, environ_base=peer) as context:
        app.wsgi_app(context.request.environ, lambda *_: lambda _: None)
        assert context.request.environ["REMOTE_ADDR"] == seen


def test_nul_is_dropped_from_json_however_deep(owner: Caller) -> None:
    row = {"title": "A\x00 quiet call", "ex\x00tra": [{"de\x00ep": "un\x00known"}]}
    made = owner.post("/workspace/actions", json=row)
    assert made.status_code == 201, made.json
    assert made.json["title"] == "A quiet call"
