"""Real PostgreSQL and Redis for the whole run; only the vendors of models are doubled, on the wire."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Engine, TextClause, event, text

from app import create_app
from app.accounts.ledger import Ledger
from app.auth.tokens import Tokens
from app.care import follow_ups
from app.composition import memory
from app.config import settings as config
from app.db.session import Base
from app.db.session import db as database
from app.local.services import Services, temporary
from app.streams.signals import signals
from app.traces.book import TraceBook
from app.web.container import resolve_from
from tests import guard
from tests.double.client import Double
from tests.gunicorn import Web

RESTART = text(
    "SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences WHERE last_value IS NOT NULL"
)
SECRET = "a secret of the test suite, long enough for HS256"


@pytest.fixture(scope="session", autouse=True)
def nothing_leaves_this_machine() -> Iterator[None]:
    with guard.local_only():
        yield


@pytest.fixture(scope="session")
def services() -> Iterator[Services]:
    with temporary() as running:
        yield running


@pytest.fixture(scope="session")
def double() -> Iterator[Double]:
    with Double() as running:
        yield running


@pytest.fixture(scope="session")
def environ(services: Services, double: Double, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What every process of the suite is started with."""
    return {
        "APP_ENV": "test",
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "AUTH_JWT_SECRET": SECRET,
        "LLM_MODELS": "openai:coach-1",
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": f"{double.url}/v1",
        "ANTHROPIC_API_KEY": "sk-test",
        "ANTHROPIC_BASE_URL": double.url,
        "LLM_FIRST_TIMEOUT": "20",
        "LLM_BETWEEN_TIMEOUT": "20",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture(scope="session")
def make_app(environ: dict[str, str]) -> Callable[..., Flask]:
    """An application like the suite's own, with other settings."""

    def make(**changes: str) -> Flask:
        return create_app(config.load(environ | changes))

    return make


@pytest.fixture(scope="session")
def impatient_app(make_app: Callable[..., Flask], app: Flask) -> Flask:
    """Gives up a model that says nothing for a moment; the suite's own waits for one on a slow machine."""
    return make_app(LLM_FIRST_TIMEOUT="0.3", LLM_BETWEEN_TIMEOUT="0.3")


@pytest.fixture(scope="session")
def offline_app(make_app: Callable[..., Flask], app: Flask) -> Flask:
    """As it answers without any key: by the offline coach."""
    return make_app(LLM_MODELS="offline:coach")


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Flask]) -> Flask:
    application = make_app()
    with application.app_context():
        upgrade()
    memory.settle()
    return application


@pytest.fixture(scope="session")
def two_webs(environ: dict[str, str], app: Flask) -> Iterator[tuple[Web, Web]]:
    """Web processes for all tests that leave them alive."""
    webs = Web(environ), Web(environ)
    for web in webs:
        web.await_ready()
    yield webs
    for web in webs:
        web.stop(signal.SIGKILL)


@pytest.fixture
def here(two_webs: tuple[Web, Web], clean: None) -> Web:
    return two_webs[0]


@pytest.fixture
def there(two_webs: tuple[Web, Web], clean: None) -> Web:
    return two_webs[1]


@pytest.fixture
def start_web(environ: dict[str, str], clean: None) -> Iterator[Callable[..., Web]]:
    """Starts a web process that the test may end."""
    started: list[Web] = []

    def start(application: str = "wsgi:app", stderr: int | None = None, **changes: str) -> Web:
        started.append(Web(environ | changes, application, stderr))
        started[-1].await_ready()
        return started[-1]

    yield start
    for web in started:
        web.stop(signal.SIGKILL)


@pytest.fixture
def clean(app: Flask, double: Double) -> Iterator[None]:
    """Empty tables, an empty Redis and a vendor without a script, before each test that asks for it."""
    empty_tables()
    signals.redis.flushdb()
    signals.publish(follow_ups.CHANGED)
    double.reset()
    yield
    resolve_from(app, Ledger).flush()
    resolve_from(app, TraceBook).flush()


def empty_tables() -> None:
    """A few rows are deleted in a fraction of the time that TRUNCATE takes for all tables."""
    with database.begin() as session:
        used = set(session.scalars(any_row_of(*tables())))
        for name in [name for name in tables() if name in used]:
            session.execute(text(f'DELETE FROM "{name}"'))
        session.execute(RESTART)


@cache
def tables() -> tuple[str, ...]:
    """Each after those that refer to it."""
    return tuple(table.name for table in reversed(Base.metadata.sorted_tables))


@cache
def any_row_of(*names: str) -> TextClause:
    """The names of those that are not empty."""
    return text(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))


@dataclass
class Caller:
    """Somebody with a token. Paths are relative to nothing; bodies are JSON."""

    client: FlaskClient
    token: str
    user: str
    tenant: str

    def open(self, method: str, path: str, headers: dict[str, str] | None = None, **kwargs: Any) -> Any:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(path, method=method, headers=own | (headers or {}), **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.open("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Any:
        return self.open("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Any:
        return self.open("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        return self.open("DELETE", path, **kwargs)


def sign_in(app: Flask, user: str, tenant: str, role: str = "member") -> Caller:
    token = resolve_from(app, Tokens).mint(user, tenant, role, 3600) if user else ""
    return Caller(app.test_client(), token, user, tenant)


@pytest.fixture
def owner(app: Flask, clean: None) -> Caller:
    return sign_in(app, "olivia", "acme")


@pytest.fixture
def offline(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "olivia", "acme")


@pytest.fixture
def teammate(app: Flask, clean: None) -> Caller:
    return sign_in(app, "theo", "acme")


@pytest.fixture
def stranger(app: Flask, clean: None) -> Caller:
    return sign_in(app, "sam", "other")


@pytest.fixture
def operator(app: Flask, clean: None) -> Caller:
    return sign_in(app, "opal", "house", "operator")


@pytest.fixture
def anonymous(app: Flask, clean: None) -> Caller:
    return sign_in(app, "", "")


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that this process sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)
