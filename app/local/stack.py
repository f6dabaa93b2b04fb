"""The Procfile's web and worker, side by side. Honcho reads the file and prints the lines; how they end is ours.

Honcho's own manager kills whatever still runs 5 seconds after the first process has ended, which would cut streams
that web is draining, and fails on a signal that comes while it starts.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType

from honcho.colour import get_colours
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer

from app.local.program import Program
from app.local.supervision import Child, Supervisor

STARTED = ("web", "worker")  # `release` is what the launcher has done itself
PATIENCE = 30.0  # seconds that streams have to end after a SIGTERM; gunicorn itself takes 28 at most
CTRL_C_PATIENCE = 5.0
SECOND_CTRL_C = 0.5  # seconds; sooner, it is the first one arriving twice
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WIDTH = len("PostgreSQL")


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
    """Web and worker, looked after together with the ``services`` that run already."""

    root: Path
    variables: Mapping[str, str]
    services: Sequence[Child] = ()
    _stop: Stop = field(default_factory=Stop)
    _programs: list[Program] = field(default_factory=list)
    _supervisors: list[Supervisor] = field(default_factory=list)
    _given_up: threading.Event = field(default_factory=threading.Event)
    _printing: threading.Lock = field(default_factory=threading.Lock)
    _printer: Printer = field(default_factory=lambda: Printer(sys.stdout, width=WIDTH))

    def run(self, beside: Callable[[], None]) -> bool:
        """Returns when web and worker have ended: whether a signal asked for it. ``beside`` runs in a thread."""
        self._stop.listen()
        try:
            self._start()
            threading.Thread(target=beside, daemon=True).start()
            while not self._stop.number and not self._given_up.is_set():
                time.sleep(0.05)
            if self._stop.number:
                self._say("", "Stopping: answers that are being written get a moment; Ctrl-C again ends them at once.")
        finally:
            self._end()
        return bool(self._stop.number)

    def _start(self) -> None:
        commands = parse_procfile((self.root / "Procfile").read_text()).processes
        for name, colour in zip(STARTED, get_colours(), strict=False):
            program = Program(name, commands[name], self.root, self.variables, self._writer(name, colour))
            self._programs.append(program)
            program.start()
        for child in (*self.services, *self._programs):
            self._supervisors.append(Supervisor(child, self._say, self._given_up))
            self._supervisors[-1].watch()

    def _writer(self, name: str, colour: str) -> Callable[[bytes], None]:
        return lambda line: self._write(name, line, colour)

    def _say(self, name: str, words: str) -> None:
        self._write(name, words.encode(), "")

    def _write(self, name: str, line: bytes, colour: str) -> None:
        """A terminal that is gone stops nobody: the lines are still read, or the processes would block."""
        with self._printing, suppress(OSError):
            self._printer.write(Message("line", line, datetime.now(), name, colour))

    def _end(self) -> None:
        for supervisor in self._supervisors:
            supervisor.stop()
        self._send(signal.SIGTERM)
        patience = CTRL_C_PATIENCE if self._stop.number == signal.SIGINT else PATIENCE
        deadline = time.monotonic() + patience
        while any(program.runs for program in self._programs) and time.monotonic() < deadline and not self._stop.hurry:
            time.sleep(0.05)
        self._send(signal.SIGKILL)
        for program in self._programs:
            program.close()

    def _send(self, number: signal.Signals) -> None:
        for program in self._programs:
            program.send(number)
