"""Health, figures and pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import db as database
from tests.chat.conftest import ask
from tests.conftest import Caller, sign_in
from tests.double.client import Double

INSERT = text("INSERT INTO alembic_version VALUES (:version)")


def test_health_says_what_answers(anonymous: Caller) -> None:
    body = anonymous.get("/health").json
    assert (body["status"], body["model"], body["offline"]) == ("ok", "openai:coach-1", False)


def test_a_broken_model_is_marked_until_it_answers(make_app: Callable[..., Flask], clean: None, double: Double) -> None:
    caller = sign_in(make_app(LLM_MODELS="openai:retired-1,openai:coach-1"), "olivia", "acme")
    double.script({"status": 404, "code": "model_not_found"})
    try:
        assert ask(caller).status_code == 200
        body = caller.get("/health").json
        assert (body["model"], body["faults"]) == ("openai:coach-1", {"openai:retired-1": "model"})
        figures = caller.get("/metrics").data.decode()
        assert 'coachhouse_model_faults_total{kind="model",model="retired-1",provider="openai"} 1.0' in figures
        assert 'coachhouse_model_broken{model="retired-1",provider="openai"} 1.0' in figures
    finally:
        make_app()


def test_health_says_that_the_embedded_ear_guesses(anonymous: Caller) -> None:
    speech = anonymous.get("/health").json["speech"]
    assert (speech["voices"][0], speech["ear"], speech["approximate"]) == ("espeak", "pocketsphinx", True)


def test_ready_looks_at_database_redis_and_migrations(anonymous: Caller) -> None:
    answer = anonymous.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json["checks"] == {"database": "ok", "redis": "ok", "migrations": "ok"}


@pytest.mark.parametrize(
    ("version", "status", "said"), [("a later one's", 200, "ok"), ("0009", 503, "behind"), (None, 503, "behind")]
)
def test_a_schema_of_a_later_version_is_good_enough(
    anonymous: Caller, version: str | None, status: int, said: str
) -> None:
    with schema_at(version):
        answer = anonymous.get("/health/ready")
    assert (answer.status_code, answer.json["checks"]["migrations"]) == (status, said)


@contextmanager
def schema_at(version: str | None) -> Iterator[None]:
    """Only says so."""
    with database.begin() as session:
        [own] = session.scalars(text("DELETE FROM alembic_version RETURNING version_num"))
        if version:
            session.execute(INSERT, {"version": version})
    try:
        yield
    finally:
        with database.begin() as session:
            session.execute(text("DELETE FROM alembic_version"))
            session.execute(INSERT, {"version": own})


def test_not_ready_while_redis_is_away(
    make_app: Callable[..., Flask], anonymous: Caller, environ: dict[str, str]
) -> None:
    app = make_app(REDIS_URL="redis://127.0.0.1:9")
    try:
        answer = app.test_client().get("/health/ready")
        assert (answer.status_code, answer.json["checks"]["redis"]) == (503, "unreachable")
        assert app.test_client().get("/health/live").status_code == 200
    finally:
        make_app()


def test_figures_are_for_operators_and_this_machine(anonymous: Caller, owner: Caller, operator: Caller) -> None:
    assert anonymous.get("/metrics").status_code == 200
    abroad = {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}}
    assert anonymous.get("/metrics", **abroad).status_code == 403
    assert owner.get("/metrics", **abroad).status_code == 403
    assert operator.get("/metrics", **abroad).status_code == 200
    assert anonymous.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403


def test_figures_cover_requests_turns_and_models(owner: Caller) -> None:
    ask(owner)
    text = owner.get("/metrics").data.decode()
    for name in ("requests_total", "turns_total", "model_calls_total", "model_tokens_total", "streams_open", "jobs"):
        assert f"coachhouse_{name}" in text


def test_pages_come_from_this_host_alone(anonymous: Caller) -> None:
    for path in ("/", "/api/schema/swagger-ui/", "/api/schema/redoc/"):
        page = anonymous.get(path)
        assert page.status_code == 200
        assert "https://" not in page.data.decode()


def test_the_pages_assets_are_served(anonymous: Caller) -> None:
    for name in ("vendor/swagger-ui/swagger-ui-bundle.js", "vendor/redoc/redoc.standalone.js", "style.css"):
        assert anonymous.get(f"/static/{name}").status_code == 200
