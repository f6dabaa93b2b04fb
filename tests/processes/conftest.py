import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.web.container import resolve_from
from tests.gunicorn import ROOT
from tests.topics.conftest import answer_of

REVIEW = answer_of("niche_review")
PARAMETERS = {"current_value": "We help small business owners with marketing"}
Workers = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def token(app: Flask) -> str:
    made: str = resolve_from(app, Tokens).mint("olivia", "acme", "member", 3600)
    return made


@pytest.fixture
def start_worker(environ: dict[str, str]) -> Iterator[Workers]:
    started: list[subprocess.Popen[bytes]] = []

    def start(**changes: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "worker.py"]
        started.append(subprocess.Popen(command, cwd=ROOT, env=os.environ | environ | changes))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()
