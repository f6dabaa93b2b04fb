"""The commands of the image, two of each, on one database and one Redis: they end one by one while people talk."""

import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import gevent
import pytest
import urllib3
import yaml
from sqlalchemy import text

from app.db.session import db as database
from app.local.redis import free_port
from tests.deployment import image
from tests.double.client import Double
from tests.gunicorn import LAST, ROOT, Reading, Web
from tests.processes.conftest import PARAMETERS, REVIEW
from tests.waiting import until

PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
WORKER: list[str] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["worker"]["command"]
AGAIN = (urllib3.exceptions.HTTPError, ConnectionError)  # what a client that is cut off tries again after
PEOPLE = 4


class Pair:
    """A web and a worker process, as they are deployed; ready when ``await_ready`` returns."""

    def __init__(self, environ: dict[str, str], root: Path) -> None:
        self.web = Web(environ, command=image.command(), root=root)
        self.probe = free_port()
        variables = os.environ | environ | {"WORKER_PORT": str(self.probe)}
        self.worker = subprocess.Popen(WORKER, cwd=root, env=variables)

    def await_ready(self) -> "Pair":
        self.web.await_ready()
        until(lambda: is_healthy(self.probe), 120)
        return self

    def end(self) -> tuple[int, int]:
        """As a platform does it."""
        self.web.process.terminate()
        self.worker.terminate()
        self.web.await_end()
        return self.web.process.returncode, self.worker.wait(60)

    def kill(self) -> None:
        if self.web.process.poll() is None:
            self.web.kill()
        self.worker.kill()
        self.worker.wait()


class Crowd:
    """People and machines that ask whichever pair is there, and again when they are cut off."""

    def __init__(self, pairs: list[Pair], token: str) -> None:
        self._pairs, self._token = pairs, token
        self._turn = itertools.count()
        self.answers: dict[str, str] = {}  # by message
        self.jobs: list[str] = []
        self.leaves = False
        self._all = [gevent.spawn(self._talk) for _ in range(PEOPLE)] + [gevent.spawn(self._delegate)]

    def go_on(self) -> None:
        """Until everybody has asked once more."""
        asked = len(self.answers)
        until(lambda: len(self.answers) > asked + PEOPLE)

    def leave(self) -> None:
        self.leaves = True
        gevent.joinall(self._all, timeout=60, raise_error=True)

    def _talk(self) -> None:
        while not self.leaves:
            message = f"Question {next(self._turn)}"
            self.answers[message] = ""
            while not self.answers[message]:
                with suppress(*AGAIN):
                    self.answers[message] = self._answer(message)

    def _answer(self, message: str) -> str:
        body = json.dumps({"message": message})
        reading = Reading(self._post("/api/v1/chat/message/stream", body, message, preload_content=False))
        types = [item["type"] for item in reading.rest().items] if reading.response.status == 200 else []
        return reading.text if types[-1:] == ["end"] else ""

    def _delegate(self) -> None:
        while not self.leaves:
            body = json.dumps({"topic_id": "niche_review", "parameters": PARAMETERS})
            key, job = f"Job {len(self.jobs)}", ""
            while not job:
                with suppress(*AGAIN):
                    answer = self._post("/ai/execute-async", body, key)
                    job = answer.json()["data"]["jobId"] if answer.status == 200 else ""
            self.jobs.append(job)
            gevent.sleep(0.3)

    def _post(self, path: str, body: str, key: str, **how: bool) -> urllib3.BaseHTTPResponse:
        web = self._pairs[next(self._turn) % len(self._pairs)].web
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", "Idempotency-Key": key}
        gevent.sleep(0.02)
        return web.http.request("POST", web.url + path, body=body, headers=headers | LAST, **how)


def is_healthy(port: int) -> bool:
    """As Docker asks."""
    variables = os.environ | {"PATH": PATH, "PORT": str(port), "http_proxy": "http://127.0.0.1:9"}
    return subprocess.run(image.health_check(), env=variables, check=False, capture_output=True).returncode == 0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with what the image has, and nothing else of ours."""
    for name in image.copied():
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def deploy(environ: dict[str, str], root: Path, clean: None) -> Iterator[Callable[[], Pair]]:
    variables = {"APP_ENV": "production", "BIND_ADDRESS": "127.0.0.1", "RATE_LIMIT_MESSAGES": "off", "PATH": PATH}
    started: list[Pair] = []

    def start() -> Pair:
        started.append(Pair(environ | variables, root))
        return started[-1]

    yield start
    for pair in started:
        pair.kill()


def test_a_rolling_restart_under_load_loses_no_turn_and_no_job(
    deploy: Callable[[], Pair], token: str, double: Double
) -> None:
    double.default(json=REVIEW, deltas=20, gap=0.03)
    *pairs, new = [pair.await_ready() for pair in [deploy() for _ in range(3)]]
    crowd = Crowd(pairs, token)
    for old in tuple(pairs):  # of the new version one is enough to take over
        crowd.go_on()
        pairs[pairs.index(old)] = new
        assert old.end() == (0, 0)
    crowd.leave()
    assert all(crowd.answers.values())
    assert stored_turns() == Counter(crowd.answers.items())
    until(lambda: job_states() == {"completed": len(crowd.jobs)})


def stored_turns() -> Counter[tuple[str, str]]:
    query = """SELECT asked.content, answer.content FROM chat_messages asked JOIN chat_messages answer
        ON answer.session_id = asked.session_id AND answer.role = 'assistant' AND asked.role = 'user'"""
    with database.read() as session:
        return Counter((str(asked), str(answer)) for asked, answer in session.execute(text(query)))


def job_states() -> dict[str, int]:
    with database.read() as session:
        return Counter(session.scalars(text("SELECT state FROM jobs WHERE name = 'topics.run'")))


def test_docker_is_told_whether_a_process_is_ready(here: Web) -> None:
    assert is_healthy(here.port)
    assert not is_healthy(free_port())
