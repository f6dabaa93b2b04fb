"""ElevenLabs: speech with the time of every character."""

import base64
import binascii

import msgspec

from app.speech import audio_duration, voices
from app.speech.interfaces import Mark, Sound
from app.speech.wire import Wire

BASE_URL = "https://api.elevenlabs.io"
FORMAT = "mp3_44100_64"


class _Alignment(msgspec.Struct):
    characters: list[str]
    character_start_times_seconds: list[float]
    character_end_times_seconds: list[float]


class _Answer(msgspec.Struct):
    audio_base64: str
    alignment: _Alignment | None = None
    normalized_alignment: _Alignment | None = None


_decode = msgspec.json.Decoder(_Answer).decode


class ElevenLabsSynthesizer:
    name = "elevenlabs"

    def __init__(self, model: str, key: str, base_url: str = "") -> None:
        self.model = model
        self._wire = Wire(self.name, base_url or BASE_URL, {"xi-api-key": key})

    def synthesize(self, text: str, voice: str, deadline: float) -> Sound:
        path = f"/v1/text-to-speech/{voices.elevenlabs(voice)}/with-timestamps?output_format={FORMAT}"
        body = self._wire.post_json(path, {"text": text, "model_id": self.model}, deadline)
        try:
            answer = _decode(body)
            audio = base64.b64decode(answer.audio_base64, validate=True)
        except (msgspec.MsgspecError, binascii.Error, UnicodeError) as error:
            raise self._wire.junk(type(error).__name__) from None
        found = audio_duration.measure(audio)
        if found is None:
            raise self._wire.junk("audio")
        # what was really said: "7.5" as "seven point five"
        said = answer.normalized_alignment or answer.alignment or _Alignment([], [], [])
        marks = map(Mark, said.character_start_times_seconds, said.character_end_times_seconds, said.characters)
        return Sound(audio, *found, tuple(marks), "characters", self.name)
