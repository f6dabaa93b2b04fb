"""Starts again what has ended, with growing pauses, and gives up on what ends too often."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.local.server import LocalError

PAUSES = (0.0, 0.5, 1.0, 2.0, 3.0)  # seconds before each new start within the window
WINDOW = 60.0  # seconds


class Child(Protocol):
    """A process that we look after; ``log`` says where its last words are."""

    @property
    def name(self) -> str: ...

    @property
    def log(self) -> str: ...

    def start(self) -> None:
        """In place of the one that has ended. Raises ``LocalError`` or ``OSError``."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""


@dataclass
class Supervisor:
    """Looks after one child; ``given_up`` is set when it is beyond help."""

    child: Child
    say: Callable[[str, str], None]
    given_up: threading.Event
    _stopping: threading.Event = field(default_factory=threading.Event)
    _starting: threading.Lock = field(default_factory=threading.Lock)
    _ends: list[float] = field(default_factory=list)

    def watch(self) -> None:
        """In a thread of its own, until it is stopped or gives up."""
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """After this the child is not started any more."""
        self._stopping.set()
        with self._starting:
            pass

    def _watch(self) -> None:
        while self._has_ended() and self._may_start_again():
            self._start()

    def _has_ended(self) -> bool:
        code = self.child.wait()
        if self._stopping.is_set():
            return False
        self.say(self.child.name, f"ended with code {code}")
        return True

    def _may_start_again(self) -> bool:
        moment = time.monotonic()
        self._ends = [*(end for end in self._ends if end > moment - WINDOW), moment]
        count = len(self._ends)
        if count > len(PAUSES):
            name = self.child.name
            self.say(name, f"ended {count} times within a minute, so everything stops: see {self.child.log}")
            self.given_up.set()
            return False
        pause = PAUSES[count - 1]
        self.say(self.child.name, f"starts again in {pause:g} s ({count} of {len(PAUSES)} times within a minute)")
        return not self._stopping.wait(pause)

    def _start(self) -> None:
        """One that can't be started has ended once more."""
        with self._starting:
            if self._stopping.is_set():
                return
            try:
                self.child.start()
                self.say(self.child.name, "started again")
            except (LocalError, OSError) as error:
                self.say(self.child.name, str(error))
