"""``python -m bench.sockets``: flask-sock as it comes and with our server class, on gunicorn's gevent worker.

Frames that arrive whole, one at a time and from four producers at once, and what an idle socket holds.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gevent
import websocket
from flask import Flask

from bench.stack import PROGRAMS, Server, free_port, running

SIZES = (1, 5, 20)  # MB of one frame
TRIES = 10
PRODUCERS, FRAMES, FRAME = 4, 40, 200_000
IDLE = 1000


def plain() -> Flask:
    from flask_sock import Sock

    gevent.get_hub().exception_stream = None  # its failures are counted by the client
    return application(Sock)


def ours() -> Flask:
    from app.observability import logs
    from app.sockets.routing import Sock

    logs.configure("WARNING")
    return application(Sock)


def application(sock: Any) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/health", view_func=lambda: "ok", endpoint="health")
    sock(app).route("/flood")(flood)
    return app


def flood(ws: Any) -> None:
    """Is asked ``producers count size``; each producer sends so many frames of its own digit."""
    while True:
        producers, count, size = map(int, ws.receive().split())
        gevent.joinall([gevent.spawn(produce, ws, str(number) * size, count) for number in range(producers)])


def produce(ws: Any, text: str, count: int) -> None:
    for _ in range(count):
        ws.send(text)


@contextmanager
def served(name: str) -> Iterator[Server]:
    port = free_port()
    command = [str(PROGRAMS / "gunicorn"), "-c", "/dev/null", "-k", "gevent", "--no-control-socket"]
    command += [
        "--worker-connections",
        "4000",
        "--graceful-timeout",
        "1",
        "-b",
        f"127.0.0.1:{port}",
        f"bench.sockets:{name}()",
    ]
    with running(name, command, {}, port, "/health") as server:
        yield server


def opened(server: Server) -> websocket.WebSocket:
    url = f"ws://127.0.0.1:{server.port}/flood"
    return websocket.create_connection(url, timeout=5, skip_utf8_validation=True)


def whole(server: Server, producers: int, count: int, size: int) -> int:
    """How many frames arrived as they were sent, up to the first that did not. The client begins to read late."""
    client, arrived = opened(server), 0
    client.send(f"{producers} {count} {size}")
    time.sleep(0.2)
    try:
        while arrived < producers * count:
            text = client.recv()
            if len(text) != size or len(set(text)) != 1:
                break
            arrived += 1
    except (websocket.WebSocketException, OSError, UnicodeDecodeError):
        pass
    client.shutdown()
    return arrived


def idle(server: Server) -> float:
    """kB of one socket, the first hundred left out."""
    clients = [opened(server) for _ in range(100)]
    time.sleep(1)
    before = server.rss()
    clients += [opened(server) for _ in range(IDLE)]
    time.sleep(2)
    return (server.rss() - before) / IDLE / 1000


def main() -> None:
    for name in ("plain", "ours"):
        with served(name) as server:
            print(f"{name}: {idle(server):.0f} kB for an idle socket", flush=True)
            for size in SIZES:
                count = sum(whole(server, 1, 1, size * 1_000_000) for _ in range(TRIES))
                print(f"{name}: {count} of {TRIES} frames of {size} MB arrived whole", flush=True)
            count = sum(whole(server, PRODUCERS, FRAMES, FRAME) for _ in range(TRIES))
            print(f"{name}: {count} of {TRIES * PRODUCERS * FRAMES} frames of {PRODUCERS} producers", flush=True)


if __name__ == "__main__":
    main()
