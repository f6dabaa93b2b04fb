"""Text to speech (TTS) and speech to text (STT): two calls, one error. A failure costs only the sound."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from app.core.errors import AppError
from app.speech.usage import SpeechUsage, Used, unused

Format = Literal["mp3", "wav"]
Alphabet = Literal["ipa", "characters"]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is heard from ``start`` to ``end``, in seconds; an empty ``symbol`` is a pause."""

    start: float
    end: float
    symbol: str


@dataclass(frozen=True, slots=True)
class Sound:
    """A spoken text. ``duration`` is the audio's real length in seconds; ``alphabet`` says what the marks hold."""

    audio: bytes
    format: Format
    duration: float
    marks: tuple[Mark, ...]
    alphabet: Alphabet
    engine: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, ``""`` for silence. ``approximate`` marks an engine whose words are a rough guess."""

    text: str
    engine: str
    approximate: bool = False


class Synthesizer(Protocol):
    """``voice`` is ``service::name``, a bare name or ``""``; ``deadline`` is in seconds. Raises ``SpeechError``.

    ``model`` is a vendor's, ``""`` where nobody is paid.
    """

    name: str
    model: str

    def synthesize(self, text: str, voice: str, deadline: float) -> Sound: ...


class Recognizer(Protocol):
    """``hint`` is a MIME type, a file name or a format's name. ``deadline`` is in seconds. Raises ``SpeechError``.

    ``used`` gets what a vendor was asked for.
    """

    name: str
    approximate: bool

    def transcribe(self, audio: bytes, hint: str, deadline: float, used: Used = unused) -> Transcript: ...


class ErrorKind(StrEnum):
    CONNECTION = "connection"  # refused, DNS, TLS, cut
    TIMEOUT = "timeout"  # the deadline passed
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"  # 5xx
    BUSY = "busy"  # too many are waiting for our own engines
    CRASHED = "crashed"  # an engine process ended in the middle
    JUNK = "junk"  # a vendor's answer that can't be understood
    REFUSED = "refused"  # 400, 404, 422: the request itself
    AUTH = "auth"  # 401, 403
    MISSING = "missing"  # an engine or its model is not installed
    EMPTY = "empty"  # nothing that could be said
    AUDIO = "audio"  # no sound that can be read
    TOO_LONG = "too_long"


RETRYABLE = frozenset({
    ErrorKind.CONNECTION, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMIT, ErrorKind.OVERLOADED, ErrorKind.BUSY,
    ErrorKind.CRASHED, ErrorKind.JUNK,
})  # fmt: skip
# the caller's audio is at fault, and the caller may be told so
BAD_AUDIO = {
    ErrorKind.AUDIO: ("BAD_AUDIO", "The audio can't be read"),
    ErrorKind.TOO_LONG: ("AUDIO_TOO_LONG", "The audio is too long"),
}


@dataclass(eq=False)
class SpeechError(AppError):
    """A call failed. ``detail`` is for the log and never holds a vendor's text or ours; clients see ``text``.

    ``retry_after`` is in seconds, when the vendor named it.
    """

    kind: ErrorKind
    engine: str = ""
    retry_after: float | None = None
    detail: str = ""
    data: dict[str, object] = field(default_factory=dict)

    code = "SPEECH_UNAVAILABLE"
    status = 503
    text = "Speech is temporarily unavailable"

    def __post_init__(self) -> None:
        Exception.__init__(self, f"{self.engine} {self.kind} {self.detail}".strip())
        if self.kind in BAD_AUDIO:
            self.status = 422
            self.code, self.text = BAD_AUDIO[self.kind]

    @property
    def retryable(self) -> bool:
        return self.kind in RETRYABLE


@contextmanager
def noted(usage: SpeechUsage, used: Used) -> Iterator[SpeechUsage]:
    """Whatever becomes of the call. One that failed has used nothing."""
    began = time.monotonic()
    try:
        yield usage
        usage.outcome = "ok"
    except SpeechError as error:
        usage.outcome, usage.quantity = str(error.kind), 0.0
        raise
    finally:
        usage.ms = round((time.monotonic() - began) * 1000)
        used(usage)
