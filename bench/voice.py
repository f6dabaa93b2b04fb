"""``python -m bench.voice``: the spoken answer: its first sound, gaps in playing, and how soon it is silent when told.

The double gives its first delta after 200 ms and a word every 20 ms; the embedded voice speaks, everything is on.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from dataclasses import dataclass, field  # noqa: E402
from itertools import pairwise  # noqa: E402

import flask_migrate  # noqa: E402
import gevent  # noqa: E402
import websocket  # noqa: E402

from app import create_app  # noqa: E402
from app.config import settings as config  # noqa: E402
from app.local.services import temporary  # noqa: E402
from bench.realtime import opened, prepare  # noqa: E402
from bench.stack import Server, coachhouse, settings_of  # noqa: E402
from tests.double.client import Double  # noqa: E402

FIRST, GAP = 0.2, 0.02
SENTENCE = "Before you look at the whole week, let us start with one small step for your next busy day."
SENTENCES = 6
CASES = ((1, 10), (20, 3), (100, 2))  # connections, turns each
WORDS = len(SENTENCE.split())
MODEL = FIRST + (WORDS - 1) * GAP  # seconds until the double has said the first sentence


@dataclass
class Heard:
    """A turn as a player has it: when each clip came, and how long it lasts; seconds from the question."""

    came: list[float] = field(default_factory=list)
    lasts: list[float] = field(default_factory=list)

    @property
    def silence(self) -> float:
        """The longest pause of a player that plays each clip as soon as it can."""
        at, longest = self.came[0], 0.0
        for (_, after), lasts in zip(pairwise(self.came), self.lasts, strict=False):
            at += lasts
            longest = max(longest, after - at)
            at = max(at, after)
        return longest


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        text = " ".join([SENTENCE] * SENTENCES)
        double.default(text=text, deltas=WORDS * SENTENCES, first=FIRST, gap=GAP)
        environ = settings_of(services, double, folder)
        app = create_app(config.load(environ))
        with app.app_context():
            flask_migrate.upgrade()
        key, bot_id = prepare()
        with coachhouse(environ) as server:
            listen(opened(server, key, bot_id, 0))  # the engines are warm after it
            for connections, turns in CASES:
                measure(server, key, bot_id, connections, turns)
            interrupt(server, key, bot_id)


def measure(server: Server, key: str, bot_id: str, connections: int, turns: int) -> None:
    cpu = server.cpu_seconds()
    talking = [gevent.spawn(talk, server, key, bot_id, number, turns) for number in range(connections)]
    heard = [one for each in talking for one in each.get()]
    firsts = sorted(one.came[0] - MODEL for one in heard)
    gaps = [one.silence for one in heard if one.silence > 0]
    spent = (server.cpu_seconds() - cpu) / len(heard) / SENTENCES
    print(
        f"{connections:4} talk: first sound {_ms(firsts, 0.5)} (p95 {_ms(firsts, 0.95)}) after the model's first sentence; "
        f"{len(gaps)} of {len(heard)} answers had a gap (longest {max(gaps, default=0) * 1000:.0f} ms); "
        f"{spent * 1000:.0f} ms of processor per sentence",
        flush=True,
    )


def talk(server: Server, key: str, bot_id: str, number: int, turns: int) -> list[Heard]:
    socket = opened(server, key, bot_id, number)
    heard = [listen(socket) for _ in range(turns)]
    socket.close()
    return heard


def listen(socket: websocket.WebSocket) -> Heard:
    began, heard = time.perf_counter(), Heard()
    socket.send(json.dumps({"type": "text_query", "text": "How is my week?"}))
    while (frame := json.loads(socket.recv()))["type"] != "response_ended":
        assert frame["type"] != "error", frame
        if frame["type"] == "audio_response":
            heard.came.append(time.perf_counter() - began)
            heard.lasts.append(frame["duration_ms"] / 1000)
    return heard


def interrupt(server: Server, key: str, bot_id: str) -> None:
    """Tells a speaking coach to be silent; how long after it the last sound came, and the echo."""
    socket = opened(server, key, bot_id, 0)
    echoes, sounds = [], []
    for _ in range(10):
        echo, sound = stopped(socket)
        echoes.append(echo)
        sounds.append(sound)
    print(f"told to stop: echo {_ms(sorted(echoes), 0.95)}, last sound {_ms(sorted(sounds), 1.0)} after it (p95, most)")
    socket.close()


def stopped(socket: websocket.WebSocket) -> tuple[float, float]:
    socket.send(json.dumps({"type": "text_query", "text": "How is my week?"}))
    told = echo = sound = 0.0
    while (frame := json.loads(socket.recv()))["type"] != "response_ended":
        if frame["type"] == "audio_response":
            sound = time.perf_counter()
            if not told:
                socket.send(json.dumps({"type": "stop_audio"}))
                told = time.perf_counter()
        if frame["type"] == "stop_audio":
            echo = time.perf_counter()
    return echo - told, max(0.0, sound - told)


def _ms(times: list[float], share: float) -> str:
    return f"{times[int(share * (len(times) - 1))] * 1000:.0f} ms"


if __name__ == "__main__":
    main()
