"""One line of the Procfile as a process, with a session of its own so that a Ctrl-C reaches the launcher first."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Program:
    """``write`` gets each line that it prints."""

    name: str
    command: str
    root: Path
    variables: Mapping[str, str]
    write: Callable[[bytes], None]
    log: str = "the lines above"
    _process: subprocess.Popen[bytes] = field(init=False)
    _reader: threading.Thread = field(init=False)

    def start(self) -> None:
        """What an earlier one started may still hold its port, so that goes first."""
        if hasattr(self, "_process"):
            self.send(signal.SIGKILL)
        self._process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", f"exec {self.command}"],
            cwd=self.root,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def wait(self) -> int:
        return self._process.wait()

    def send(self, number: signal.Signals) -> None:
        """To all that it has started as well."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def close(self) -> None:
        self._process.wait()
        self._reader.join(1)

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.write(line)
