"""The files of the page at /app: their address changes with them, so that a browser may keep them for good."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "app"
VERSIONED = "/app/files"


@dataclass(frozen=True, slots=True)
class Shell:
    """``version`` is of all files together, as modules name each other."""

    version: str
    names: tuple[str, ...]

    @property
    def root(self) -> str:
        return f"{VERSIONED}/{self.version}"

    @property
    def paths(self) -> list[str]:
        return [f"{self.root}/{name}" for name in self.names]


@cache
def shell() -> Shell:
    names = tuple(sorted(path.name for path in FOLDER.iterdir() if path.is_file()))
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + hashlib.sha256((FOLDER / name).read_bytes()).digest())
    return Shell(digest.hexdigest()[:16], names)
