"""The Procfile's web and worker, side by side. Honcho reads the file and prints the lines; how they end is ours.

Honcho's own manager kills whatever still runs 5 seconds after the first process has ended, which would cut streams
that web is draining, and fails on a signal that comes while it starts.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

STARTED = ("web", "worker")  # `release` is what the launcher has done itself
PATIENCE = 30.0  # seconds that streams have to end after a SIGTERM; gunicorn itself takes 28 at most
CTRL_C_PATIENCE = 5.0
SECOND_CTRL_C = 0.5  # seconds; sooner, it is the first one arriving twice
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Stop:
    number: int = 0
    at: float = 0.0
    hurry: bool = False

    def heard(self, number: int, _frame: FrameType | None) -> None:
        if not self.number:
            self.number, self.at = number, time.monotonic()
        elif number == signal.SIGINT and time.monotonic() - self.at > SECOND_CTRL_C:
            self.hurry = True

    def listen(self) -> None:
        for number in SIGNALS:
            nohup = number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
            if not nohup:
                signal.signal(number, self.heard)


@dataclass
class Stack:
    """``run`` returns when all of them have ended."""

    root: Path
    variables: Mapping[str, str]
    _stop: Stop = field(default_factory=Stop)
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _readers: list[threading.Thread] = field(default_factory=list)
    _printing: threading.Lock = field(default_factory=threading.Lock)
    _printer: Printer = field(default_factory=lambda: Printer(sys.stdout, width=max(map(len, STARTED))))

    def run(self, beside: Callable[[], None]) -> bool:
        """Whether they ended because a signal asked for it. ``beside`` runs in a thread meanwhile."""
        self._stop.listen()
        try:
            self._start()
            threading.Thread(target=beside, daemon=True).start()
            while not self._stop.number and not self._ended():
                time.sleep(0.05)
            self._report()
        finally:
            self._end()
        return bool(self._stop.number)

    def _start(self) -> None:
        commands = parse_procfile((self.root / "Procfile").read_text()).processes
        for name, colour in zip(STARTED, get_colours(), strict=False):
            process = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", f"exec {commands[name]}"],
                cwd=self.root,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._processes[name] = process
            self._readers.append(threading.Thread(target=self._read, args=(name, process, colour), daemon=True))
            self._readers[-1].start()

    def _read(self, name: str, process: subprocess.Popen[bytes], colour: str) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._write(name, line, colour)

    def _write(self, name: str, line: bytes, colour: str = "") -> None:
        """A terminal that is gone stops nobody: the lines are still read, or the processes would block."""
        with self._printing, suppress(OSError):
            self._printer.write(Message("line", line, datetime.now(), name, colour))

    def _ended(self) -> list[str]:
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def _report(self) -> None:
        if self._stop.number:
            self._write("", b"Stopping: answers that are being written get a moment; Ctrl-C again ends them at once.")
        for name in self._ended():
            self._write(name, f"ended with code {self._processes[name].returncode}, so everything stops".encode())

    def _end(self) -> None:
        self._send(signal.SIGTERM)
        patience = CTRL_C_PATIENCE if self._stop.number == signal.SIGINT else PATIENCE
        deadline = time.monotonic() + patience
        while len(self._ended()) < len(self._processes) and time.monotonic() < deadline and not self._stop.hurry:
            time.sleep(0.05)
        self._send(signal.SIGKILL)
        for reader, process in zip(self._readers, self._processes.values(), strict=True):
            process.wait()
            reader.join(1)

    def _send(self, number: signal.Signals) -> None:
        """To all that a process has started as well; each has a session of its own."""
        for process in self._processes.values():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)
