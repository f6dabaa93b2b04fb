"""OpenAI's speech and transcription wires, and every server that speaks them."""

import contextlib
import time

import msgspec

from app.speech import audio_duration, voices
from app.speech.embedded import ActivityDetector, Aligner
from app.speech.formats import container
from app.speech.interfaces import Alphabet, ErrorKind, Mark, Sound, SpeechError, Transcript, noted
from app.speech.usage import SpeechUsage, Used, unused
from app.speech.wire import Wire

BASE_URL = "https://api.openai.com/v1"
LONGEST_TEXT = 4096
DETECTION_SHARE = 0.2  # of the time for a recognition
BAD_AUDIO = ("status 400", "status 413", "status 415", "status 422")  # what is refused so is the recording


class _Usage(msgspec.Struct):
    """Of ``whisper-1`` seconds, of other models tokens."""

    seconds: float | None = None
    input_tokens: int = 0
    output_tokens: int = 0


class _Transcription(msgspec.Struct):
    text: str
    usage: _Usage | None = None


_decode = msgspec.json.Decoder(_Transcription).decode


def wire(key: str, base_url: str) -> Wire:
    return Wire("openai", base_url or BASE_URL, {"Authorization": f"Bearer {key or 'none'}"})


class OpenAISynthesizer:
    """The vendor says nothing about timing, so the ``aligner`` finds it in the sound."""

    name = "openai"

    def __init__(self, model: str, wire: Wire, aligner: Aligner) -> None:
        self.model = model
        self._wire = wire
        self._aligner = aligner

    def synthesize(self, text: str, voice: str, deadline: float) -> Sound:
        until = time.monotonic() + deadline
        body = {"model": self.model, "input": text[:LONGEST_TEXT], "voice": voices.openai(voice)}
        audio = self._wire.post_json("/audio/speech", body | {"response_format": "mp3"}, deadline)
        found = audio_duration.measure(audio)
        if found is None:
            raise self._wire.junk("audio")
        marks, alphabet = self._marks(text, voice, audio, found[1], until - time.monotonic())
        return Sound(audio, *found, marks, alphabet, self.name)

    def _marks(
        self, text: str, voice: str, audio: bytes, duration: float, deadline: float
    ) -> tuple[tuple[Mark, ...], Alphabet]:
        """From the sound itself; without an aligner the characters, evenly."""
        with contextlib.suppress(SpeechError):
            return self._aligner.align(text, voice, audio, max(deadline, 0.1))[1], "ipa"
        step = duration / len(text)
        return tuple(Mark(at * step, (at + 1) * step, letter) for at, letter in enumerate(text)), "characters"


class OpenAIRecognizer:
    name = "openai"
    approximate = False

    def __init__(self, model: str, wire: Wire, detector: ActivityDetector) -> None:
        self._model = model
        self._wire = wire
        self._detector = detector

    def transcribe(self, audio: bytes, hint: str, deadline: float, used: Used = unused) -> Transcript:
        until = time.monotonic() + deadline
        if not self._detector.may_be_speech(audio, deadline * DETECTION_SHARE):
            return Transcript("", self.name)
        with noted(SpeechUsage("transcription", self.name, self._model), used) as usage:
            return self._heard(audio, hint, until - time.monotonic(), usage)

    def _heard(self, audio: bytes, hint: str, deadline: float, usage: SpeechUsage) -> Transcript:
        known = container(hint, audio)
        fields = {"model": self._model, "response_format": "json"}
        file = (f"speech.{known.extension}", audio, known.mime)
        try:
            answer = self._wire.post_form("/audio/transcriptions", fields, file, deadline)
        except SpeechError as error:
            if error.kind is ErrorKind.REFUSED and error.detail in BAD_AUDIO:
                raise SpeechError(ErrorKind.AUDIO, error.engine, detail=error.detail) from None
            raise
        try:
            heard = _decode(answer)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise self._wire.junk(type(error).__name__) from None
        counted = heard.usage or _Usage()
        usage.quantity = counted.seconds
        usage.input_tokens, usage.output_tokens = counted.input_tokens, counted.output_tokens
        return Transcript(heard.text.strip(), self.name)
