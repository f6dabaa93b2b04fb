"""Server-Sent Events, as a client reads them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple


class ServerEvent(NamedTuple):
    id: str
    event: str
    data: Any


def read(pieces: Iterable[bytes]) -> Iterator[ServerEvent]:
    """Every event of a stream as soon as it is whole; comments and other fields are left out."""
    rest = b""
    for piece in pieces:
        *blocks, rest = (rest + piece).split(b"\n\n")
        for fields in map(_fields, blocks):
            if "data" in fields:
                yield ServerEvent(fields.get("id", ""), fields.get("event", "message"), json.loads(fields["data"]))


def parse(body: bytes) -> list[ServerEvent]:
    return list(read([body]))


def _fields(block: bytes) -> dict[str, str]:
    lines = block.decode().split("\n")
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith(":"))
