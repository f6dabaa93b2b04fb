"""The engines that need no vendor: espeak-ng for speaking, pocketsphinx or faster-whisper for listening."""

from itertools import starmap

import structlog

from app.speech import voices
from app.speech.engine_protocol import (
    Align,
    Aligned,
    Detect,
    Detected,
    Synthesize,
    Synthesized,
    Transcribe,
    Transcribed,
)
from app.speech.engines import Engines
from app.speech.interfaces import ErrorKind, Mark, Sound, SpeechError, Transcript
from app.speech.usage import Used, unused

LONGEST_TEXT = 3000

log = structlog.get_logger()


class EspeakSynthesizer:
    name = "espeak"
    model = ""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def synthesize(self, text: str, voice: str, deadline: float) -> Sound:
        if len(text) > LONGEST_TEXT:
            raise SpeechError(ErrorKind.TOO_LONG, self.name)
        spoken = self._engines.ask(Synthesize(text, voices.espeak(voice)), deadline)
        assert isinstance(spoken, Synthesized)
        return Sound(spoken.audio, "mp3", spoken.duration, tuple(starmap(Mark, spoken.marks)), "ipa", self.name)


class Aligner:
    """Finds the phonemes of a text in a vendor's recording of it."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def align(self, text: str, voice: str, audio: bytes, deadline: float) -> tuple[float, tuple[Mark, ...]]:
        """The recording's length in seconds, and its marks."""
        aligned = self._engines.ask(Align(text[:LONGEST_TEXT], voices.espeak(voice), audio), deadline)
        assert isinstance(aligned, Aligned)
        return aligned.duration, tuple(starmap(Mark, aligned.marks))


class ActivityDetector:
    """Looks at a recording before a vendor is paid to."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def may_be_speech(self, audio: bytes, deadline: float) -> bool:
        """Also true for what it can't read or has no time for: the vendor knows more."""
        try:
            detected = self._engines.ask(Detect(audio), deadline)
        except SpeechError as error:
            log.info("activity_not_detected", kind=error.kind)
            return True
        assert isinstance(detected, Detected)
        return detected.speech


class EmbeddedRecognizer:
    def __init__(self, name: str, engines: Engines, approximate: bool) -> None:
        self.name = name
        self.approximate = approximate
        self._engines = engines

    def transcribe(self, audio: bytes, hint: str, deadline: float, used: Used = unused) -> Transcript:
        heard = self._engines.ask(Transcribe(audio), deadline)
        assert isinstance(heard, Transcribed)
        return Transcript(heard.text, self.name, self.approximate)
