"""The parts of a benchmark, each a process of its own: the vendor's double, our service, the baseline."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import urllib3

from app.local.services import Services
from tests.double.client import Double

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
RATES = dict.fromkeys(("RATE_LIMIT_MESSAGES", "RATE_LIMIT_SESSIONS", "RATE_LIMIT_AI"), "off")  # settings of a crowd


@dataclass(frozen=True)
class Server:
    """A process that answers on ``port``, with whatever children it has."""

    name: str
    port: int
    process: psutil.Process

    def workers(self) -> list[psutil.Process]:
        return self.process.children(recursive=True) or [self.process]

    def cpu_seconds(self) -> float:
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def rss(self) -> int:
        """Bytes."""
        return sum(worker.memory_info().rss for worker in self.workers())


def settings_of(services: Services, double: Double, folder: str) -> dict[str, str]:
    """The environment of a service that asks the double and keeps everything in ``services`` and ``folder``."""
    return {
        "APP_ENV": "test", "DATA_DIR": folder, "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url, "OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": f"{double.url}/v1",
        "LLM_MODELS": "openai:coach-1", "LOG_LEVEL": "WARNING", "AUTH_JWT_SECRET": "of-the-bench-" * 4,
        "CONNECTIONS_PER_ADDRESS": "100000",  # all readers come from one address
    }  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], environ: dict[str, str], port: int, path: str) -> Iterator[Server]:
    """Starts a server, waits until ``path`` answers, and ends it with all its children."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ)
    try:
        _await(process, port, path)
        yield Server(name, port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(40)


def coachhouse(environ: dict[str, str]) -> "contextmanager[Server]":  # type: ignore[valid-type]
    port = free_port()
    command = [str(PROGRAMS / "gunicorn"), "wsgi:app"]
    return running("coachhouse", command, environ | {"PORT": str(port)}, port, "/health")


def worker_of(environ: dict[str, str]) -> "subprocess.Popen[bytes]":
    settings = os.environ | environ | {"WORKER_PORT": str(free_port())}
    return subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=settings)


def baseline(environ: dict[str, str]) -> "contextmanager[Server]":  # type: ignore[valid-type]
    port = free_port()
    command = [str(PROGRAMS / "uvicorn"), "bench.baseline:app", "--port", str(port), "--log-level", "critical"]
    return running("baseline", command, environ, port, "/docs")


def _await(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    http = urllib3.PoolManager(retries=False, timeout=2)
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and process.poll() is None:
        try:
            if http.request("GET", f"http://127.0.0.1:{port}{path}").status == 200:
                return
        except urllib3.exceptions.HTTPError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")
