from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.web.container import resolve_from
from tests import nursery
from tests.topics.conftest import answer_of

REVIEW = answer_of("niche_review")
PARAMETERS = {"current_value": "We help small business owners with marketing"}
Workers = Callable[..., nursery.Process]


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
