"""``python -m tests.double --port N``: serves until it is terminated; prints ``ready PORT`` once it listens."""

import argparse
import asyncio
import contextlib
import sys

from tests.double.server import State, serve


async def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.double")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--pem", default="", help="a certificate and its key: speaks TLS with them")
    parser.add_argument("--attached", action="store_true", help="ends when its standard input does: with its parent")
    asked = parser.parse_args()
    listening = await serve(State(), asked.port, asked.pem)
    print("ready", listening.sockets[0].getsockname()[1], flush=True)
    if asked.attached:
        asyncio.get_running_loop().add_reader(sys.stdin, asyncio.current_task().cancel)  # type: ignore[union-attr]
    with contextlib.suppress(asyncio.CancelledError):
        await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
