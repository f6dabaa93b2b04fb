"""``python -m bench.realtime``: first tokens of the realtime socket at one and at a hundred connections, and idle memory.

The double gives its first delta after 200 ms and 40 deltas 20 ms apart; sound is muted, everything else is on.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402

import flask_migrate  # noqa: E402
import gevent  # noqa: E402
import websocket  # noqa: E402

from app import create_app  # noqa: E402
from app.auth import api_keys  # noqa: E402
from app.config import settings as config  # noqa: E402
from app.db.session import db  # noqa: E402
from app.local.services import temporary  # noqa: E402
from app.realtime.models import Agent, CoachSession  # noqa: E402
from bench.stack import Server, coachhouse, settings_of  # noqa: E402
from tests.double.client import Double  # noqa: E402

FIRST, GAP, DELTAS = 0.2, 0.02, 40
CASES = ((1, 10), (100, 3), (200, 2))  # connections, turns each
IDLE = 500


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        double.default(text="word " * DELTAS, deltas=DELTAS, first=FIRST, gap=GAP)
        environ = settings_of(services, double, folder)
        app = create_app(config.load(environ))
        with app.app_context():
            flask_migrate.upgrade()
        key, bot_id = prepare()
        with coachhouse(environ) as server:
            for connections, turns in CASES:
                measure(server, key, bot_id, connections, turns)
            idle(server, key, bot_id)


def prepare() -> tuple[str, str]:
    with db.begin() as session:
        key = api_keys.create(session, "bench", "bench")
        agent = Agent(tenant_id="bench", name="Bench")
        session.add(agent)
        session.flush()
        session.add_all(
            CoachSession(tenant_id="bench", agent_id=agent.id, thread_id=thread(number)) for number in range(IDLE)
        )
        return key, agent.bot_id


def thread(number: int) -> str:
    return f"user_{number:016x}"


def opened(server: Server, key: str, bot_id: str, number: int) -> websocket.WebSocket:
    url = f"ws://127.0.0.1:{server.port}/ws/chat/?bot_id={bot_id}&thread_id={thread(number)}&api_key={key}"
    socket = websocket.create_connection(url, timeout=60)
    assert json.loads(socket.recv())["type"] == "connected"
    return socket


def measure(server: Server, key: str, bot_id: str, connections: int, turns: int) -> None:
    talks = [gevent.spawn(talk, server, key, bot_id, number, turns) for number in range(connections)]
    firsts = sorted(first - FIRST for one in talks for first in one.get())
    p50, p95 = (firsts[int(share * (len(firsts) - 1))] * 1000 for share in (0.5, 0.95))
    print(f"{connections:4} connections: added first token p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)


def talk(server: Server, key: str, bot_id: str, number: int, turns: int) -> list[float]:
    socket, firsts = opened(server, key, bot_id, number), []
    for _ in range(turns):
        firsts.append(turn(socket, DELTAS))
    socket.close()
    return firsts


def turn(socket: websocket.WebSocket, deltas: int) -> float:
    """Asks and hears the whole answer; seconds to its first token."""
    began, first, tokens = time.perf_counter(), 0.0, 0
    socket.send(json.dumps({"type": "text_query", "text": "How is my week?", "muteAudio": True}))
    while (frame := json.loads(socket.recv()))["type"] != "response_ended":
        assert frame["type"] != "error", frame
        if frame["type"] == "text_token":
            first = first or time.perf_counter() - began
            tokens += 1
    assert tokens == deltas, tokens
    return first


def idle(server: Server, key: str, bot_id: str) -> None:
    before = server.rss()
    sockets = [opened(server, key, bot_id, number) for number in range(IDLE)]
    time.sleep(2)
    print(f"{len(sockets)} idle connections: {(server.rss() - before) / IDLE / 1000:.0f} kB each")


if __name__ == "__main__":
    main()
