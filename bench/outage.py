"""``python -m bench.outage [SECONDS]``: what is lost when services go away under load; PostgreSQL for so long (300).

Twenty people chat, coach, write and hand over jobs, on two services of two web processes and a worker. What was
acknowledged is looked up in the end.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from collections.abc import Callable, Sequence  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402
from uuid import uuid4  # noqa: E402

import flask_migrate  # noqa: E402
import gevent  # noqa: E402
import requests  # noqa: E402
from sqlalchemy import text  # noqa: E402

from app import create_app  # noqa: E402
from app.config import settings as config  # noqa: E402
from app.db.session import db  # noqa: E402
from app.local.services import TEMPORARY, Services, claim, start  # noqa: E402
from bench import people  # noqa: E402
from bench.probe import Probe  # noqa: E402
from bench.stack import RATES, Server, coachhouse, settings_of, worker_of  # noqa: E402
from tests.double.client import Double  # noqa: E402

PEOPLE = 20
BEFORE, AWAY, AFTER, ENDING = 15.0, 20.0, 25.0, 45.0  # seconds
LEFT_OPEN = """SELECT (SELECT count(*) FROM chat_turns WHERE state = 'running')
  + (SELECT count(*) FROM coaching_sessions WHERE busy_until IS NOT NULL)
  + (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running') AND due_at < now())"""

Found = Callable[[], bool]  # whether something acknowledged is still there


class Person:
    """Does one thing after the other; keeps of each that was acknowledged how to look it up."""

    def __init__(self, server: Server, token: str) -> None:
        self.kept: list[tuple[str, Found]] = []
        self.done: Counter[str] = Counter()
        self._url = f"http://127.0.0.1:{server.port}"
        self._http = requests.Session()
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._coaching = ""

    def go_on(self) -> None:
        while True:
            work = random.choice(self.works())
            try:
                found = work(uuid4().hex)
            except requests.RequestException:
                found = None
            if found is not None:
                self.kept.append((work.__name__, found))
                self.done[work.__name__] += 1
            gevent.sleep(random.random())

    def works(self) -> tuple[Callable[[str], Found | None], ...]:
        return self.write, self.hand_over, self.chat, self.coach

    def write(self, words: str) -> Found | None:
        entry = self._asked("POST", "/api/v1/journal", {"title": words, "content": words})
        return entry and (lambda: words in str(self._asked("GET", f"/api/v1/journal/{entry['id']}")))

    def hand_over(self, words: str) -> Found | None:
        body = {"topic_id": "niche_review", "parameters": {"current_value": f"Boutique hotels {words}"}}
        accepted = self._asked("POST", "/ai/execute-async", body)
        place = accepted and f"/ai/jobs/{accepted['data']['jobId']}"
        return place and (lambda: self._asked("GET", place)["data"]["status"] == "completed")

    def chat(self, words: str) -> Found | None:
        answer = self._asked("POST", "/api/v1/chat/message", {"message": words})
        place = answer and f"/api/v1/chat/session/{answer['sessionId']}"
        return place and (lambda: answer["messageId"] in str(self._asked("GET", place)))

    def coach(self, words: str) -> Found | None:
        session = self._coaching
        if not session:
            opened = self._asked("POST", "/ai/coaching/start", {"topic_id": "core_values"})
            self._coaching = opened["session_id"] if opened else ""
            return None
        answer = self._asked("POST", "/ai/coaching/message", {"session_id": session, "message": words})
        if answer is None or answer["turn"] > 8 or answer["is_final"]:
            self._coaching = ""
        place = f"/ai/coaching/session?session_id={session}"
        return answer and (lambda: words in str(self._asked("GET", place)))

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        """None unless it was acknowledged."""
        answer = self._http.request(method, self._url + path, json=body, timeout=90)
        return json.loads(answer.content) if answer.ok else None


def main(seconds: float = 300.0) -> None:
    with (
        tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory(prefix=TEMPORARY) as data,
        Double() as double, claim(Path(data)),
    ):  # fmt: skip
        services = start(Path(data))
        try:
            run(services, settings_of(services, double, folder) | RATES, seconds)
        finally:
            services.stop()


def run(services: Services, environ: dict[str, str], seconds: float) -> None:
    environ |= {"WEB_CONCURRENCY": "2", "LLM_MODELS": "offline:coach", "LOG_LEVEL": "ERROR"}
    settings = config.load(environ)
    with create_app(settings).app_context():
        flask_migrate.upgrade()
    with coachhouse(environ) as first, coachhouse(environ) as second:
        probe, worker = Probe(first), worker_of(environ)
        tokens = people.tokens(settings, PEOPLE)
        everybody = [Person((first, second)[n % 2], token) for n, token in enumerate(tokens)]
        working = [gevent.spawn(person.go_on) for person in everybody]
        gevent.sleep(BEFORE)
        redis, postgres = services.children
        postgres.server.stop()
        gevent.sleep(seconds)
        postgres.start()
        recovery("PostgreSQL stopped", everybody)
        redis.server.process.kill()
        gevent.sleep(AWAY)
        redis.start()
        recovery("Redis killed", everybody)
        os.kill(redis.server.process.pid, signal.SIGSTOP)
        gevent.sleep(AWAY)
        os.kill(redis.server.process.pid, signal.SIGCONT)
        recovery("Redis hung", everybody)
        worker.kill()
        worker = worker_of(environ)
        recovery("worker killed", everybody)
        first.process.children()[0].kill()
        recovery("web process killed", everybody)
        gevent.killall(working)
        gevent.sleep(ENDING)
        tell(everybody, probe.end())
        worker.terminate()
        worker.wait(60)


def recovery(what: str, everybody: list[Person]) -> None:
    """Prints after how many seconds each kind of work was done again."""
    began, before, again = time.monotonic(), total(everybody), dict[str, float]()
    while time.monotonic() < began + AFTER:
        gevent.sleep(0.05)
        for name in total(everybody) - before:
            again.setdefault(name, round(time.monotonic() - began, 1))
    print(f"{what}: done again after so many seconds: {again}", flush=True)


def total(everybody: Sequence[Person]) -> Counter[str]:
    return sum((person.done for person in everybody), Counter[str]())


def tell(everybody: list[Person], slowest: float) -> None:
    lost = Counter(name for person in everybody for name, found in person.kept if not found())
    with db.read() as session:
        left = session.scalar(text(LEFT_OPEN))
    print(f"acknowledged {dict(total(everybody))}, lost {dict(lost) or 'nothing'}, left open {left}")
    print(f"slowest /health {slowest:.2f} s")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
