from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text

from app.auth.tokens import Tokens
from app.db.session import db as database
from app.web.container import resolve_from
from tests import nursery
from tests.topics.conftest import answer_of

REVIEW = answer_of("niche_review")
PARAMETERS = {"current_value": "We help small business owners with marketing"}
Workers = Callable[..., nursery.Process]


def written_since(began: datetime) -> tuple[int, int]:
    """Calls of models in the ledger, and traces of turns."""
    tables = ("model_calls", "turn_traces")
    with database.read() as session:
        calls, traces = (
            session.scalar(text(f"SELECT count(*) FROM {table} WHERE created_at >= :began"), {"began": began})
            for table in tables
        )
    return calls, traces


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made


@pytest.fixture
def start_worker(environ: dict[str, str]) -> Iterator[Workers]:
    started: list[nursery.Process] = []

    def start(**changes: str) -> nursery.Process:
        started.append(nursery.start_worker(environ | changes))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()
