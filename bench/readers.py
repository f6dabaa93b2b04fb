"""``python -m bench.readers``: what one web process spends on answers that another one makes.

Process A makes answers for 200 people; their readers follow them in process B, or nobody does. Prints processor seconds
of both and the ratio.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from app.local.services import temporary
from bench.__main__ import prepare
from bench.load import body
from bench.stack import Server, coachhouse, settings_of
from tests.double.client import Double

FIRST, GAP, DELTAS = 0.2, 0.02, 300
STREAMS = (0, 50, 200)
SESSION = re.compile(rb'"sessionId": ?"([^"]+)"')


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        double.default(text="word " * DELTAS, deltas=DELTAS, first=FIRST, gap=GAP)
        environ = settings_of(services, double, folder)
        tokens = prepare(environ, Path(folder)).read_text().split()
        print(f"{'streams in A':>14}{'followed in B':>15}{'A cpu s':>10}{'B cpu s':>10}{'B / A':>8}")
        with coachhouse(environ) as a, coachhouse(environ) as b:
            asyncio.run(followed(a, b, tokens[500:600]))  # warm
            for place, streams in enumerate(STREAMS):
                mine = tokens[place * 250 : place * 250 + streams]
                row(streams, 0, *spent(a, b, alone(a, mine)))
            row(200, 200, *spent(a, b, followed(a, b, tokens[300:500])))
            there = spent(a, b, followed(a, a, tokens[100:300]))
            print(f"200 answers and their readers in one process: {sum(there):.2f}")


def row(streams: int, readers: int, a: float, b: float) -> None:
    print(f"{streams:14}{readers:15}{a:10.2f}{b:10.2f}{b / a if a else 0:8.2f}", flush=True)


def spent(a: Server, b: Server, work: Awaitable[None]) -> tuple[float, float]:
    """Processor seconds of both while the work is done."""
    before = a.cpu_seconds(), b.cpu_seconds()
    asyncio.run(work)  # type: ignore[arg-type]
    return a.cpu_seconds() - before[0], b.cpu_seconds() - before[1]


async def alone(a: Server, tokens: list[str]) -> None:
    began = time.monotonic()
    await asyncio.gather(*(one(a, None, token) for token in tokens))
    await asyncio.sleep(max(0.0, FIRST + GAP * DELTAS + 2 - (time.monotonic() - began)))


async def followed(a: Server, b: Server, tokens: list[str]) -> None:
    await asyncio.gather(*(one(a, b, token) for token in tokens))


async def one(a: Server, b: Server | None, token: str) -> None:
    """Asks in A and leaves as soon as the session is known; the rest is read in B, or by nobody."""
    head = f"POST /api/v1/chat/message/stream HTTP/1.1\r\nContent-Length: {len(body(0))}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", a.port)
    writer.write(_head(head, token) + body(0))
    seen = b""
    while not (found := SESSION.search(seen)):
        data = await reader.read(65536)
        if not data:
            raise ValueError(f"no session in {seen[:300]!r}")
        seen += data
    writer.close()
    if b is None:
        return
    reader, writer = await asyncio.open_connection("127.0.0.1", b.port)
    writer.write(_head(f"GET /api/v1/chat/session/{found[1].decode()}/stream HTTP/1.1\r\n", token))
    seen = await reader.read()
    writer.close()
    if b'"type":"end"' not in seen:
        raise ValueError(f"no end in {seen[-300:]!r}")


def _head(request: str, token: str) -> bytes:
    lines = f"Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    return (request + lines).encode()


if __name__ == "__main__":
    main()
