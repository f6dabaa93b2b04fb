"""The process that looks at the models and then prepares the database, as the launcher sees it.

The launcher stays as long as everything runs, so it loads nothing of the application.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config.environment import ConfigError
from app.local import banner
from app.local.server import LocalError

ROOT = Path(__file__).resolve().parents[2]
GO = "go\n"


@dataclass(frozen=True, slots=True)
class Preparation:
    """``check`` before PostgreSQL and Redis start, ``finish`` when they run."""

    _process: "subprocess.Popen[str]"

    def check(self) -> None:
        """``ConfigError`` for a model that can't work, as web would raise it later and less visibly."""
        if wrong := self._heard("The application could not be loaded"):
            raise ConfigError(wrong)

    def finish(self) -> banner.Prepared | None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # what it has not said is noticed next
            self._process.stdin.write(GO)
            self._process.stdin.flush()
        prepared = self._heard("The database could not be prepared")
        self._process.wait()
        return banner.Prepared(**prepared) if prepared else None

    def _heard(self, otherwise: str) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise LocalError(f"{otherwise}; what stands above says why.")
        return json.loads(line)


@contextmanager
def begun(environ: Mapping[str, str]) -> Iterator[Preparation]:
    """Ends with the block, in the midst of its work if need be. Each migration is one transaction."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.local", "prepare"],
        cwd=ROOT,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        yield Preparation(process)
    finally:
        process.kill()
        process.communicate()
