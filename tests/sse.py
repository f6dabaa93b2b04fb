"""Server-Sent Events, as a client reads them."""

import json
from typing import Any, NamedTuple


class ServerEvent(NamedTuple):
    id: str
    event: str
    data: Any


def parse(body: bytes) -> list[ServerEvent]:
    """Every event of a stream; comments and other fields are left out."""
    blocks = [dict(_fields(block)) for block in body.decode().split("\n\n")]
    return [
        ServerEvent(block.get("id", ""), block.get("event", "message"), json.loads(block["data"]))
        for block in blocks
        if "data" in block
    ]


def _fields(block: str) -> list[list[str]]:
    return [line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":")]
