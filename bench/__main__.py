"""``python -m bench [STREAMSxROUNDS …]``: streaming under load, ours and the baseline's in the same run, against a vendor that is doubled.

The double gives its first delta after 200 ms and 60 deltas 20 ms apart. Auth, limits, retrieval and storage are on.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import flask_migrate

from app import create_app
from app.config import settings as config
from app.db.session import db
from app.local.services import temporary
from bench import people
from bench.stack import ROOT, Server, baseline, coachhouse, settings_of
from tests.double.client import Double

FIRST, GAP, DELTAS = 0.2, 0.02, 60
CASES = ((1, 10), (20, 5), (100, 3), (300, 5), (600, 5))  # streams at once, rounds
PEOPLE = 600


def main(cases: Sequence[tuple[int, int]] = CASES) -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        double.default(text="word " * DELTAS, deltas=DELTAS, first=FIRST, gap=GAP)
        environ = settings_of(services, double, folder)
        credentials = prepare(environ, Path(folder))
        print(
            f"{'':12}{'streams':>8}{'added first token ms':>22}{'tokens/s':>10}{'kB/stream':>11}{'cpu s/1000':>12}  errors"
        )
        print(f"{'':12}{'':>8}{'p50':>12}{'p95':>10}")
        for streams, rounds in cases:
            with baseline(environ) as server:
                theirs = measure(server, credentials, streams, rounds)
            with coachhouse(environ) as server:
                ours = measure(server, credentials, streams, rounds)
            print(f"{'ratio':12}{streams:8}{'':22}{ours / theirs:10.2f}")


def prepare(environ: dict[str, str], folder: Path) -> Path:
    settings = config.load(environ)
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
    people.seed(db, PEOPLE)
    path = folder / "tokens"
    path.write_text("\n".join(people.tokens(settings, PEOPLE)))
    return path


def measure(server: Server, credentials: Path, streams: int, rounds: int) -> float:
    """Prints a row; tokens per second."""
    load(server, credentials, 2, 1, PEOPLE - 2)  # warm
    idle, cpu, peak = server.rss(), server.cpu_seconds(), Peak(server)
    result = load(server, credentials, streams, rounds, 37 * streams % PEOPLE)
    used = server.cpu_seconds() - cpu
    added = [result[name] - FIRST * 1000 for name in ("p50_ms", "p95_ms")]
    memory = (peak.stop() - idle) / streams / 1000
    print(
        f"{server.name:12}{streams:8}{added[0]:12.1f}{added[1]:10.1f}{result['tokens_per_s']:10.0f}{memory:11.0f}"
        f"{used / max(1, result['tokens']) * 1000:12.3f}  {result['errors']:.0f}",
        flush=True,
    )
    return result["tokens_per_s"]


def load(server: Server, credentials: Path, streams: int, rounds: int, first: int) -> dict[str, float]:
    """Cases begin with another person each, so that nobody meets the limit of 20 messages a minute."""
    numbers = [str(number) for number in (streams, rounds, first)]
    command = [sys.executable, "-m", "bench.load", str(server.port), str(credentials), *numbers]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    figures: dict[str, float] = json.loads(output)
    return figures


class Peak:
    """The most memory that a server was seen to hold, in bytes."""

    def __init__(self, server: Server) -> None:
        self._server, self._most, self._going = server, 0, True
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._going = False
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while self._going:
            self._most = max(self._most, self._server.rss())
            time.sleep(0.1)


def case(argument: str) -> tuple[int, int]:
    streams, rounds = argument.split("x")
    return int(streams), int(rounds)


if __name__ == "__main__":
    main(tuple(map(case, sys.argv[1:])) or CASES)
