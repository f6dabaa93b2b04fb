"""A database server that we started, in a session of its own so that a Ctrl-C reaches the launcher first."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Nothing of the user's: PGPORT, PGDATA, LANG and such would change what the servers do.
ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class LocalError(RuntimeError):
    """Something on this machine stands in the way; the text is one sentence for a terminal."""


@dataclass(frozen=True, slots=True)
class Server:
    """``stop_signal`` asks it to end in order, as fast as it can; ``scratch`` is a folder that ends with it."""

    url: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    scratch: Path | None = None

    def stop(self, patience: float = 15) -> None:
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)


def spawn(
    command: Sequence[str | Path], folder: Path, log: Path, user: int | None = None, group: int | None = None,
    groups: Sequence[int] | None = None,
) -> subprocess.Popen[bytes]:  # fmt: skip
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=groups,
        )


def last_words(log: Path) -> str:
    """The line of a server's log that says why it gave up."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (fatal or lines or ["no reason given"])[-1].rstrip(".")
