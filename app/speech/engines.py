"""Engine processes that belong to this process, and who may use them.

Synthesis and recognition eat the processor, and espeak-ng is GPL: both stay in processes of their own, started fresh
(``python -m app.speech.engine``), so that they inherit no connection, no lock and no secret. They hang on a socket pair
of the process that asks, not on a queue in Redis: a warm engine answers a sentence within a few hundredths of a second,
which two trips through Redis and a worker's poll would double; the answer's way home needs no subscription; an engine
that hangs is killed by the one who waits for it; and when its owner ends, the socket ends, and so does the engine.
A socket pair is cooperative under gevent and has real timeouts without it.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from app.speech import engine_protocol
from app.speech.engine_protocol import Answer, Failed, Request, Task
from app.speech.engine_queue import EngineQueue, Full
from app.speech.interfaces import ErrorKind, SpeechError

ROOT = Path(__file__).parents[2]
MODULE = "app.speech.engine"


class Engine:
    """One engine, started when it is first needed and again after it was lost."""

    def __init__(self, duty: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", MODULE, *duty]
        self._environ = dict(environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> socket.socket:
        """The socket of a living engine. What is sent before it is ready waits in the socket."""
        if self._socket and self._process and self._process.poll() is None:
            return self._socket
        self.end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                cwd=ROOT,
                env=self._environ,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libraries might print what people say
            )
        self._socket = ours
        return ours

    def ask(self, task: Task, until: float) -> Answer:
        """The engine's answer. However else this ends, the engine is gone with it; the next task starts a new one."""
        answered = False
        try:
            sock = self.start()
            engine_protocol.send(sock, Request(until, task), until)
            answer: Answer = engine_protocol.decode_answer(engine_protocol.receive(sock, until))
            answered = True
        finally:
            if not answered:
                self.end()
        return answer

    def end(self) -> None:
        sock, process = self._socket, self._process
        self._socket = self._process = None
        if sock:
            sock.close()
        if process:
            process.kill()
            process.wait()


class Engines:
    """Up to ``count`` engines with one duty; of two callers the one with less time left is served first.

    ``waiting_share`` of that time may be waited. ``hold_seconds``: what a call takes, until we know better.
    """

    def __init__(
        self,
        duty: tuple[str, ...],
        environ: Mapping[str, str],
        count: int,
        waiting_share: float,
        hold_seconds: float,
    ):
        self.name = duty[-1]
        self._engines = [Engine(duty, environ) for _ in range(min(count, os.cpu_count() or 1))]
        self._queue = EngineQueue(self._engines, waiting_share, hold_seconds)

    @property
    def pids(self) -> list[int]:
        return [engine.pid for engine in self._engines if engine.pid]

    def warm(self) -> None:
        """Starts one, so that the first call finds it ready. Returns at once."""
        with contextlib.suppress(Full), self._place(0.0) as engine:
            engine.start()

    def ask(self, task: Task, deadline: float) -> Answer:
        """Raises ``SpeechError``; never takes much longer than ``deadline`` seconds."""
        until = time.monotonic() + deadline
        try:
            with self._place(deadline) as engine:
                answer = engine.ask(task, until)
        except Full:
            raise SpeechError(ErrorKind.BUSY, self.name) from None
        except TimeoutError:
            raise SpeechError(ErrorKind.TIMEOUT, self.name) from None
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            raise SpeechError(ErrorKind.CRASHED, self.name, detail=type(error).__name__) from None
        if isinstance(answer, Failed):
            raise SpeechError(ErrorKind(answer.kind), self.name, detail=answer.detail)
        return answer

    def close(self) -> None:
        for engine in self._engines:
            engine.end()

    @contextlib.contextmanager
    def _place(self, seconds: float) -> Iterator[Engine]:
        engine = self._queue.enter(seconds)
        began = time.monotonic()
        try:
            yield engine
        finally:
            self._queue.leave(engine, time.monotonic() - began)
