"""``python -m bench.topics``: what a topic costs beside its model, and how quickly a worker gets through jobs.

The model is doubled: no delay for the first figure, two seconds for the second. The event is seen on a real socket.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import flask_migrate
import urllib3
import websocket
from sqlalchemy import text

from app import create_app
from app.auth.tokens import Tokens
from app.config import settings as config
from app.db.session import db
from app.local.services import temporary
from app.topics.catalog import TOPICS
from app.web.container import resolve_from
from bench.stack import ROOT, Server, coachhouse
from tests.double.client import Double

CALLS, SIDE_BY_SIDE, RATE, JOBS, ALONE = 1000, 50, 200, 500, 200
REVIEW = {"topic_id": "niche_review", "parameters": {"current_value": "We help small hotels with light"}}
HTTP = urllib3.PoolManager(maxsize=SIDE_BY_SIDE, retries=False)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        environ = {
            "APP_ENV": "test", "DATA_DIR": folder, "DATABASE_URL": services.database_url,
            "REDIS_URL": services.redis_url, "OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": f"{double.url}/v1",
            "LLM_MODELS": "openai:coach-1", "LOG_LEVEL": "WARNING", "AUTH_JWT_SECRET": "of the bench " * 4,
            "RATE_LIMIT_AI": "off",
        }  # fmt: skip
        app = create_app(config.load(environ))
        with app.app_context():
            flask_migrate.upgrade()
        headers = {"Authorization": f"Bearer {resolve_from(app, Tokens).mint('bench', 'bench', 'member', 3600)}"}
        with coachhouse(environ) as server:
            executed(server, double, headers)
            with_worker(server, double, headers, environ)


def executed(server: Server, double: Double, headers: dict[str, str]) -> None:
    double.default(json=TOPICS["niche_review"].example)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(pool.map(lambda _: timed(server, headers), range(200)))
        taken = sorted(pool.map(lambda _: timed(server, headers), range(CALLS)))
        health = sorted(pool.map(lambda _: pinged(server), range(CALLS)))
    print(f"/ai/execute, {SIDE_BY_SIDE} side by side: {spread(taken)}; /health likewise: {spread(health)}")
    paced = sorted(at_a_pace(lambda: timed(server, headers)))
    print(f"/ai/execute, {RATE} a second: {spread(paced)}")
    alone = sorted(timed(server, headers) for _ in range(200))
    print(f"/ai/execute, one by one: {spread(alone)}", flush=True)


def with_worker(server: Server, double: Double, headers: dict[str, str], environ: dict[str, str]) -> None:
    worker = subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=os.environ | environ)
    try:
        seen: dict[str, float] = {}
        socket = websocket.create_connection(
            f"ws://127.0.0.1:{server.port}/ws", header=[f"Authorization: {headers['Authorization']}"]
        )
        socket.settimeout(60)
        double.default(json=TOPICS["niche_review"].example)
        for _ in range(ALONE + 1):  # with the first the worker has started
            queued(server, headers)
            listen(socket, {}, 1)
        print(f"from stored to begun, one by one: {spread(handed_over())}", flush=True)
        double.default(json=TOPICS["niche_review"].example, first=2.0)
        listener = threading.Thread(target=listen, args=(socket, seen, JOBS), daemon=True)
        listener.start()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            began = time.time()
            list(pool.map(lambda _: queued(server, headers), range(JOBS)))
            handed = time.time() - began
        listener.join(60)
        late = sorted(seen.values())
        done = time.time() - began
        print(f"{len(late)} of {JOBS} jobs of 2 s: handed over in {handed:.1f} s, done {done:.1f} s after the first")
        print(f"from finished to event: {spread(late)}", flush=True)
    finally:
        worker.terminate()
        worker.wait(30)


def handed_over() -> list[float]:
    """Seconds from each job's row to its worker, by the database's clock, but for the one that waited for the worker."""
    taken = "SELECT CAST(extract(epoch FROM started_at - due_at) AS float) FROM jobs WHERE name = 'topics.run'"
    with db.read() as session:
        return sorted(session.scalars(text(taken)))[:-1]


def at_a_pace(call: Callable[[], float]) -> list[float]:
    """Calls begin when they are due; one that had to wait for a free client counts its waiting too."""
    began = time.perf_counter()

    def one(number: int) -> float:
        due = began + number / RATE
        time.sleep(max(0.0, due - time.perf_counter()))
        call()
        return time.perf_counter() - due

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(one, range(CALLS)))


def timed(server: Server, headers: dict[str, str]) -> float:
    began = time.perf_counter()
    answer = HTTP.request("POST", f"http://127.0.0.1:{server.port}/ai/execute", json=REVIEW, headers=headers)
    assert answer.status == 200, answer.data
    return time.perf_counter() - began


def pinged(server: Server) -> float:
    began = time.perf_counter()
    HTTP.request("GET", f"http://127.0.0.1:{server.port}/health/live")
    return time.perf_counter() - began


def queued(server: Server, headers: dict[str, str]) -> None:
    answer = HTTP.request("POST", f"http://127.0.0.1:{server.port}/ai/execute-async", json=REVIEW, headers=headers)
    assert answer.status == 200, answer.data


def listen(socket: Any, seen: dict[str, float], jobs: int) -> None:
    """Seconds from an event's own time to its arrival."""
    while len(seen) < jobs:
        frame = json.loads(socket.recv())
        if frame["type"] == "ai.job.completed":
            said = time.mktime(time.strptime(frame["timestamp"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
            seen[frame["data"]["jobId"]] = time.time() - said - float("0." + frame["timestamp"][20:23])


def spread(taken: list[float]) -> str:
    p50, p95, p99 = (taken[int(share * (len(taken) - 1))] * 1000 for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms"


if __name__ == "__main__":
    main()
