"""What a restored backup does not know: who was erased since. A file beside the database, ids and times only.

A line is written before its receipt says so: one that comes twice does no harm.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from app.core.errors import BadRequest

FILE = "erasures.jsonl"

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Line:
    """``status`` is ``completed`` or ``cancelled``, ``at`` since when."""

    erasure_id: str
    tenant: str
    user: str
    status: str
    at: str


_decode = msgspec.json.Decoder(Line).decode


def append(folder: Path, line: Line) -> None:
    """On disk when this returns."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(opened, "ab") as file:
        file.write(encoded(line))
        file.flush()
        os.fsync(file.fileno())


def encoded(line: Line) -> bytes:
    return _encode(asdict(line)) + b"\n"


def read(texts: Iterable[bytes]) -> Iterator[Line]:
    """What a crash has cut short at the end of a file is no line. Raises ``BadRequest`` for anything else."""
    for number, text in enumerate(texts, 1):
        if not text.strip() or not text.endswith(b"\n"):
            continue
        try:
            yield _decode(text)
        except msgspec.DecodeError:
            raise BadRequest(f"Line {number} is none of a log of erasures") from None
