"""``python -m bench.soak [SECONDS]``: a web process and a worker at half load for so long (7,200); what they still hold.

After a rush people come until the web process is busy half of the time; then they stay. Some leave a stream before its end.
Every minute memory, descriptors, connections and keys are counted. Ends with status 1 if the last quarter held over 10 % more
than the first.
"""

from gevent import monkey

monkey.patch_all()

import random  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Iterator, Sequence  # noqa: E402
from contextlib import contextmanager  # noqa: E402
from dataclasses import astuple, dataclass, fields  # noqa: E402

import flask_migrate  # noqa: E402
import gevent  # noqa: E402
import psutil  # noqa: E402
import redis  # noqa: E402
from sqlalchemy import text  # noqa: E402

from app import create_app  # noqa: E402
from app.config import settings as config  # noqa: E402
from app.db.session import db  # noqa: E402
from app.local.services import Services, temporary  # noqa: E402
from app.streams.redis_store import KEEP  # noqa: E402
from bench import people  # noqa: E402
from bench.outage import Found, Person, total  # noqa: E402
from bench.stack import RATES, Server, coachhouse, settings_of, worker_of  # noqa: E402
from tests.double.client import Double  # noqa: E402

SECONDS, EVERY, FEWEST = 7200.0, 60.0, 20  # of a soak; between two samples; samples of a short one
MOST, HALF, LOOK = 120, 0.5, 4.0  # people; of a core; seconds until one more comes
RUSH = 20.0  # seconds
GROWTH = 0.1
SECONDS_OF_KEYS = 8 * KEEP  # before that, fewer and fewer of them have ended in half of the first quarter
CONNECTIONS = """SELECT count(*) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND datname = current_database() AND pid <> pg_backend_pid()"""
HEADINGS = ("web MB", "worker MB", "web files", "worker files", "database", "Redis", "keys", "lasting keys")


class Guest(Person):
    """Follows streams as well, and leaves half of them early; what was acknowledged is looked up within a minute."""

    def works(self) -> tuple[Callable[[str], Found | None], ...]:
        return (*super().works(), self.follow)

    def follow(self, words: str) -> Found | None:
        url, leaves = f"{self._url}/api/v1/chat/message/stream", random.random() < 0.5
        with self._http.post(url, json={"message": words}, stream=True, timeout=90) as answer:
            for line in answer.iter_lines():
                if leaves or b'"type":"end"' in line:
                    return lambda: True
        return None

    def lost(self) -> int:
        """Of what was acknowledged since the last time; the newest of it only, as looking up is load as well."""
        newest, self.kept = self.kept[-1:], []
        return sum(name != "hand_over" and not found() for name, found in newest)


@dataclass(frozen=True)
class Held:
    """In the order of ``HEADINGS``; files are descriptors, sockets among them, and lasting keys those without an end."""

    web: float
    worker: float
    web_files: float
    worker_files: float
    database: float
    redis: float
    keys: float
    lasting: float


# So much more is chance, whatever its share: one connection more of ten is no leak.
CHANCE = Held(web=5, worker=5, web_files=10, worker_files=10, database=3, redis=3, keys=100, lasting=3)


def main(seconds: float = SECONDS) -> int:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        environ = settings_of(services, double, folder) | RATES | {"LLM_MODELS": "offline:coach", "LOG_LEVEL": "ERROR"}
        settings = config.load(environ)
        with create_app(settings).app_context():
            flask_migrate.upgrade()
        tokens = people.tokens(settings, MOST, lasting=round(seconds) + 3600)
        with coachhouse(environ) as web, working(environ) as worker:
            rush(web, tokens)
            everybody = come(web, tokens)
            return soak(services, web, worker, everybody, seconds)


@contextmanager
def working(environ: dict[str, str]) -> Iterator[Server]:
    process = worker_of(environ)
    try:
        yield Server("worker", 0, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(60)


def rush(web: Server, tokens: Sequence[str]) -> None:
    """Pools keep the connections that a rush has opened: let there be one before the count, so that no later one opens more."""
    crowd = [gevent.spawn(Guest(web, token).go_on) for token in tokens]
    gevent.sleep(RUSH)
    gevent.killall(crowd)
    gevent.sleep(RUSH)


def come(web: Server, tokens: Sequence[str]) -> list[Guest]:
    """One after the other, until the web process is busy half of the time."""
    everybody: list[Guest] = []
    busy = 0.0
    for token in tokens:
        everybody.append(Guest(web, token))
        gevent.spawn(everybody[-1].go_on)
        before = web.cpu_seconds()
        gevent.sleep(LOOK)
        busy = (web.cpu_seconds() - before) / LOOK
        if busy >= HALF:
            break
    print(f"{len(everybody)} people keep the web process busy {busy:.0%} of the time", flush=True)
    return everybody


def soak(services: Services, web: Server, worker: Server, everybody: Sequence[Guest], seconds: float) -> int:
    samples, lost, before = list[Held](), 0, web.cpu_seconds()
    done, began = total(everybody), time.monotonic()
    every = min(EVERY, seconds / FEWEST)
    print(f"{'minute':>8}" + "".join(f"{heading:>14}" for heading in HEADINGS))
    while time.monotonic() < began + seconds:
        gevent.sleep(every)
        samples.append(held(services, web, worker))
        lost += sum(person.lost() for person in everybody)
        minutes = (time.monotonic() - began) / 60
        print(f"{minutes:8.1f}" + "".join(f"{value:14.0f}" for value in astuple(samples[-1])), flush=True)
    busy = (web.cpu_seconds() - before) / (time.monotonic() - began)
    print(f"done {dict(total(everybody) - done)}, lost {lost}; the web process was busy {busy:.0%} of the time")
    return int(grown(samples, seconds) or lost > 0)


def held(services: Services, web: Server, worker: Server) -> Held:
    with db.read() as session:
        connections = session.scalar(text(CONNECTIONS)) or 0
    with redis.Redis.from_url(services.redis_url) as client:
        clients = int(client.info("clients")["connected_clients"]) - 1
        keys = client.info("keyspace").get("db0", {"keys": 0, "expires": 0})
    memory = (web.rss() / 1e6, worker.rss() / 1e6)
    return Held(*memory, files(web), files(worker), connections, clients, keys["keys"], keys["keys"] - keys["expires"])


def files(server: Server) -> int:
    return sum(process.num_fds() for process in server.workers())


def grown(samples: Sequence[Held], seconds: float) -> bool:
    """Prints the medians of the first and the last quarter; whether anything has grown."""
    quarter = max(1, len(samples) // 4)
    any_has = False
    print(f"{'':14}{'first quarter':>14}{'last quarter':>14}{'growth':>9}")
    for heading, one in zip(HEADINGS, fields(Held), strict=True):
        first, last = (
            statistics.median(getattr(sample, one.name) for sample in some)
            for some in (samples[:quarter], samples[-quarter:])
        )
        has = last - first > max(first * GROWTH, getattr(CHANCE, one.name))
        is_early = one.name == "keys" and seconds < SECONDS_OF_KEYS
        any_has = any_has or (has and not is_early)
        share = f"{last / first - 1:+9.1%}" if first else f"{'':9}"
        told = "  too early to tell" if is_early else "  grows" if has else ""
        print(f"{heading:14}{first:14.1f}{last:14.1f}{share}{told}")
    return any_has


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
