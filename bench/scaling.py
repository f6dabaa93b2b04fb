"""``python -m bench.scaling [PROCESSES …]``: 1, 2 and 4 web processes with as many workers, each with the same load.

All stand on one PostgreSQL and one Redis. Prints processor seconds per 1,000 tokens of each part, what Redis sends for a
turn, and what a turn leaves in the database: the figures that ``bench.simulation`` and ``docs/scaling.md`` rest on.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from sqlalchemy import text

from app.db.session import db
from app.local.server import Server as Process
from app.local.services import Services, temporary
from bench.__main__ import DELTAS, FIRST, GAP, PEOPLE, prepare
from bench.stack import RATES, ROOT, Server, coachhouse, settings_of, worker_of
from tests.double.client import Double

PROCESSES = (1, 2, 4)
STREAMS, ROUNDS = 20, 8  # of each process
WARM = 8  # of each process
SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"


@dataclass(frozen=True)
class Spent:
    """What has been used so far: processor seconds, and bytes."""

    web: float
    postgresql: float
    redis: float
    sent_by_redis: int
    stored: int

    def since(self, before: "Spent", of: float) -> "Spent":
        mine, theirs = (tuple(getattr(one, name) for name in Spent.__annotations__) for one in (self, before))
        return Spent(*((now - then) / of for now, then in zip(mine, theirs, strict=True)))  # type: ignore[arg-type]


def main(numbers: tuple[int, ...] = PROCESSES) -> None:
    print(f"{'':10}{'cpu s per 1,000 tokens':>30}{'per turn, kB':>20}{'added first':>13}{'tokens':>9}")
    print(
        f"{'processes':>10}{'web':>10}{'PostgreSQL':>12}{'Redis':>8}{'by Redis':>10}{'stored':>10}{'ms (p50)':>13}{'per s':>9}  errors"
    )
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
            double.default(text="word " * DELTAS, deltas=DELTAS, first=FIRST, gap=GAP)
            environ = settings_of(services, double, folder) | RATES
            credentials = prepare(environ, Path(folder))
            with ExitStack() as running:
                servers = [running.enter_context(coachhouse(environ)) for _ in range(number)]
                workers = [worker_of(environ) for _ in range(number)]
                try:
                    row(services, servers, credentials)
                finally:
                    ended(workers)


def ended(workers: list["subprocess.Popen[bytes]"]) -> None:
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait(60)


def row(services: Services, servers: list[Server], credentials: Path) -> None:
    load(servers, credentials, WARM, 2, PEOPLE - WARM * len(servers))
    before = spent(services, servers)
    results = load(servers, credentials, STREAMS, ROUNDS, 0)
    after, tokens = spent(services, servers), sum(result["tokens"] for result in results)
    thousand, turn = after.since(before, tokens / 1000), after.since(before, tokens / DELTAS)
    added = sum(result["p50_ms"] for result in results) / len(results) - FIRST * 1000
    print(
        f"{len(servers):10}{thousand.web:10.3f}{thousand.postgresql:12.3f}{thousand.redis:8.3f}"
        f"{turn.sent_by_redis / 1000:10.1f}{turn.stored / 1000:10.1f}{added:13.1f}{sum(result['tokens_per_s'] for result in results):9.0f}"
        f"  {sum(result['errors'] for result in results):.0f}",
        flush=True,
    )


def load(servers: list[Server], credentials: Path, streams: int, rounds: int, first: int) -> list[dict[str, float]]:
    """So many streams on each server, all at once, each person in one place."""
    clients = [client(server, credentials, streams, rounds, first + n * streams) for n, server in enumerate(servers)]
    return [json.loads(one.communicate()[0]) for one in clients]


def client(server: Server, credentials: Path, *numbers: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "bench.load", str(server.port), str(credentials), *map(str, numbers)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def spent(services: Services, servers: list[Server]) -> Spent:
    queue, database = (child.server for child in services.children)
    with redis.Redis.from_url(services.redis_url) as client:
        sent = int(client.info("stats")["total_net_output_bytes"])
    with db.read() as session:
        stored = int(session.scalar(text(SIZE)) or 0)
    return Spent(sum(server.cpu_seconds() for server in servers), cpu(database), cpu(queue), sent, stored)


def cpu(server: Process) -> float:
    """With its children, those that have ended too."""
    process = psutil.Process(server.process.pid)
    return sum(sum(one.cpu_times()) for one in (process, *process.children(recursive=True)))


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or PROCESSES)
