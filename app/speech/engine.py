"""An engine process: ``python -m app.speech.engine tts``, ``vad`` or ``… stt pocketsphinx``, one task after another.

Its standard input is a socket to the process that started it; when that one ends, so does this. Nothing here is
imported by the house itself: espeak-ng (GPL), FFmpeg and the recognisers stay on this side of the socket.
"""

import contextlib
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable

from app.speech import engine_protocol
from app.speech.engine_protocol import Answer, Failed, Request, Task
from app.speech.interfaces import ErrorKind, SpeechError

GRACE = 0.5  # seconds after the deadline, when nobody waits any more
MEMORY = 1536 * 1024 * 1024  # for all but the models that an operator brings
Work = Callable[[Task, float], Answer]


def main(duty: str, *about: str) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a terminal's Ctrl-C reaches us too, and our owner may still need us
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=0) as sock, contextlib.suppress(EOFError, ConnectionError):
        serve(sock, _worker(duty, *about))


def serve(sock: socket.socket, work: Work) -> None:
    """Until the other side is gone. A task that takes too long ends the process, whatever it hangs in."""
    while True:
        request = engine_protocol.decode_request(engine_protocol.receive(sock))
        signal.setitimer(signal.ITIMER_REAL, max(0.0, _seconds_left(request)) + GRACE)
        engine_protocol.send(sock, _answer(work, request))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _seconds_left(request: Request) -> float:
    return request.until - time.monotonic()


def _answer(work: Work, request: Request) -> Answer:
    try:
        return work(request.task, _seconds_left(request))
    except SpeechError as error:
        return Failed(error.kind, error.detail)


def _worker(duty: str, *about: str) -> Work:
    try:
        return DUTIES[duty](*about)
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        return _always_failing(SpeechError(ErrorKind.MISSING, detail=type(error).__name__))


def _tts() -> Work:
    from app.speech import tts

    _limit_memory()
    return tts.TtsWorker()


def _vad() -> Work:
    from app.speech import stt

    _limit_memory()
    return stt.detect


def _stt(engine: str, model: str = "") -> Work:
    from app.speech import stt

    if engine == "pocketsphinx":
        _limit_memory()
    return stt.SttWorker(stt.DECODERS[engine](model))


DUTIES: dict[str, Callable[..., Work]] = {"tts": _tts, "vad": _vad, "stt": _stt}


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _always_failing(error: SpeechError) -> Work:
    def work(_task: Task, _seconds: float) -> Answer:
        raise error

    return work


if __name__ == "__main__":
    main(*sys.argv[1:])
