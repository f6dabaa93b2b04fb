"""``python -m bench.crowd [SECONDS]``: two web processes under a crowd, for so long a time (60).

A thousand streams at a time; then a thousand silent sockets beside a hundred that talk; then all thousand come back at
once. Tells errors, closed sockets, the slowest ``/health``, and what memory is left over.
"""

from gevent import monkey

monkey.patch_all()

import itertools  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from contextlib import suppress  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from functools import partial  # noqa: E402

import flask_migrate  # noqa: E402
import gevent  # noqa: E402
import urllib3  # noqa: E402
import websocket  # noqa: E402

from app import create_app  # noqa: E402
from app.config import settings as config  # noqa: E402
from app.local.services import temporary  # noqa: E402
from bench import people, realtime  # noqa: E402
from bench.load import body  # noqa: E402
from bench.probe import Probe  # noqa: E402
from bench.stack import RATES, Server, coachhouse, settings_of  # noqa: E402
from tests.double.client import Double  # noqa: E402

FIRST, GAP, DELTAS = 0.2, 0.05, 40
STREAMS = IDLE = 1000
TALKING = 100
WARM = 200
PAUSE = 5.0  # seconds between two turns of somebody who talks
SETTLING = 20.0  # seconds until memory is read again


@dataclass
class Count:
    """``done`` and ``failed`` pieces of work, and in how many seconds each was done."""

    done: int = 0
    failed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def of(self, work: Callable[[], object]) -> None:
        try:
            work()
            self.done += 1
        except (OSError, AssertionError, urllib3.exceptions.HTTPError, websocket.WebSocketException) as error:
            self.failed += 1
            name = f"{type(error).__name__}: {error}"[:90]
            self.reasons[name] = self.reasons.get(name, 0) + 1


def main(seconds: float = 60.0) -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        double.default(text="word " * DELTAS, deltas=DELTAS, first=FIRST, gap=GAP)
        environ = settings_of(services, double, folder) | RATES | {"WEB_CONCURRENCY": "2"}
        settings = config.load(environ)
        app = create_app(settings)
        with app.app_context():
            flask_migrate.upgrade()
        key, bot_id = realtime.prepare()
        with coachhouse(environ) as server:
            streams(server, people.tokens(settings, STREAMS), seconds)
            sockets(server, key, bot_id, seconds)


def streams(server: Server, tokens: list[str], seconds: float) -> None:
    crowd(server, tokens[:WARM], 5.0)
    time.sleep(SETTLING)
    before, probe = server.rss(), Probe(server)
    count = crowd(server, tokens, seconds)
    slowest = probe.end()
    time.sleep(SETTLING)
    print(f"{len(tokens)} streams at a time: {count.done} whole, {count.failed} not {count.reasons or ''}")
    print(f"  slowest /health {slowest:.2f} s; memory {before / 1e6:.0f} MB before, {server.rss() / before:.0%} after")


def crowd(server: Server, tokens: list[str], seconds: float) -> Count:
    """Each person asks again as soon as they are answered, until the time is over."""
    count, until = Count(), time.monotonic() + seconds
    pool = urllib3.PoolManager(retries=False, timeout=120, maxsize=len(tokens), block=False)

    def asking(token: str) -> None:
        for number in itertools.count():
            if time.monotonic() > until:
                break
            count.of(partial(stream, pool, server, token, number))

    gevent.joinall([gevent.spawn(asking, token) for token in tokens])
    pool.clear()
    return count


def stream(pool: urllib3.PoolManager, server: Server, token: str, number: int) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    url = f"http://127.0.0.1:{server.port}/api/v1/chat/message/stream"
    answer = pool.request("POST", url, body=body(number), headers=headers)
    assert answer.status == 200, answer.data[:80]
    assert answer.data.count(b'"type":"end"') == 1 and b"word" in answer.data, answer.data[-80:]


def sockets(server: Server, key: str, bot_id: str, seconds: float) -> None:
    count, probe = Count(), Probe(server)
    silent = [realtime.opened(server, key, bot_id, number % realtime.IDLE) for number in range(IDLE)]
    talkers = [gevent.spawn(talking, server, key, bot_id, number, seconds, count) for number in range(TALKING)]
    listeners = [gevent.spawn(listening, socket) for socket in silent]
    gevent.joinall(talkers)
    closed = sum(listener.ready() for listener in listeners)
    gevent.killall(listeners)
    print(f"{IDLE} silent sockets, {closed} closed; {TALKING} talked: {count.done} turns, {count.failed} failed")
    print(f"  {count.reasons or 'no failure'}; slowest /health {probe.end():.2f} s")
    storm(server, key, bot_id, silent)


def talking(server: Server, key: str, bot_id: str, number: int, seconds: float, count: Count) -> None:
    until, socket = time.monotonic() + seconds, realtime.opened(server, key, bot_id, number)
    while time.monotonic() < until:
        count.of(partial(realtime.turn, socket, DELTAS))
        gevent.sleep(PAUSE)


def listening(socket: websocket.WebSocket) -> None:
    """Ends when the socket does; answers pings meanwhile."""
    socket.settimeout(3600)
    with suppress(OSError, websocket.WebSocketException):
        while socket.recv():
            pass


def storm(server: Server, key: str, bot_id: str, silent: list[websocket.WebSocket]) -> None:
    for socket in silent:
        socket.shutdown()
    began, probe = time.perf_counter(), Probe(server)
    comers = [gevent.spawn(realtime.opened, server, key, bot_id, number % realtime.IDLE) for number in range(IDLE)]
    gevent.joinall(comers)
    back = sum(comer.successful() for comer in comers)
    print(f"{back} of {IDLE} were back after {time.perf_counter() - began:.1f} s; slowest /health {probe.end():.2f} s")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
