"""The load: so many clients at once, each asking and reading to the end, some rounds long. Runs as its own process.

``python -m bench.load PORT TOKENS_FILE STREAMS ROUNDS FIRST_TOKEN`` prints one line of JSON.
"""

import asyncio
import json
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

QUESTION = "How is my running going this month, and what should I do next?"
PATIENCE = 60.0  # seconds for one stream


@dataclass
class Tally:
    firsts: list[float] = field(default_factory=list)  # seconds to the first content
    tokens: int = 0
    errors: int = 0


def body(number: int) -> bytes:
    """The same words again would be taken for a double click."""
    return json.dumps({"message": f"{QUESTION} ({number})"}).encode()


async def main(port: int, credentials: list[str], streams: int, rounds: int, first: int) -> dict[str, float]:
    tally = Tally()
    began = time.perf_counter()
    clients = [client(port, credentials[(first + n) % len(credentials)], rounds, tally) for n in range(streams)]
    await asyncio.gather(*clients)
    seconds = time.perf_counter() - began
    firsts = sorted(tally.firsts) or [float("nan")]
    return {
        "streams": streams,
        "p50_ms": statistics.median(firsts) * 1000,
        "p95_ms": firsts[int(0.95 * (len(firsts) - 1))] * 1000,
        "tokens": tally.tokens,
        "tokens_per_s": tally.tokens / seconds,
        "errors": tally.errors,
        "seconds": seconds,
    }


async def client(port: int, token: str, rounds: int, tally: Tally) -> None:
    for number in range(rounds):
        try:
            await asyncio.wait_for(one_stream(port, token, body(number), tally), PATIENCE)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError):
            tally.errors += 1


async def one_stream(port: int, token: str, said: bytes, tally: Tally) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"POST /api/v1/chat/message/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n"
        )
        began = time.perf_counter()
        writer.write(head.encode() + said)
        if b" 200 " not in await reader.readline():
            raise ValueError("not accepted")
        await read_events(reader, tally, began)
    finally:
        writer.close()


async def read_events(reader: asyncio.StreamReader, tally: Tally, began: float) -> None:
    """Counts what is whole in each read; the marks are never split, since servers write whole events."""
    first, ended, rest = True, False, b""
    while data := await reader.read(65536):
        data = rest + data
        rest = data[-32:]
        count = data.count(b'"type":"content"') + data.count(b'"type": "content"')
        count -= rest.count(b'"type":"content"') + rest.count(b'"type": "content"')
        if first and (count or b"content" in rest):
            first = False
            tally.firsts.append(time.perf_counter() - began)
        tally.tokens += count
        ended = ended or b'"type":"end"' in data or b'"type": "end"' in data
    if not ended:
        raise ValueError("no end")


if __name__ == "__main__":
    port, path, *numbers = sys.argv[1:]
    tokens = Path(path).read_text().split()
    print(json.dumps(asyncio.run(main(int(port), tokens, *map(int, numbers)))))
