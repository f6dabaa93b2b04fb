"""The ear engine: audio to text with pocketsphinx or faster-whisper. Engine processes only."""

import os
import time
from collections.abc import Callable
from typing import Protocol

from app.speech import audio
from app.speech.frames import Answer, Heard, Listen, Task

PIECE = audio.RATE  # half a second of samples, in bytes
STRETCH = 16 * PIECE  # what is heard in one go: at its end everything in it is gone through once more
ENOUGH = 0.6  # of the time there is: then a rough engine gives what it has
NICE = 5  # below those who answer


class Ear(Protocol):
    def hear(self, pcm: bytes, give_up: float) -> str: ...


class Listener:
    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        os.nice(NICE)

    def __call__(self, task: Task, seconds: float) -> Answer:
        assert isinstance(task, Listen)
        give_up = time.monotonic() + seconds * ENOUGH
        return Heard(self._ear.hear(audio.decoded(task.audio), give_up).strip())


class Pocketsphinx:
    """Small, embedded, English, and rough: it hears words where there is speech, though often others than were said."""

    def __init__(self, model: str) -> None:
        import pocketsphinx

        self._decoder = pocketsphinx.Decoder(samprate=audio.RATE, loglevel="FATAL")

    def hear(self, pcm: bytes, give_up: float) -> str:
        stretches = (pcm[at : at + STRETCH] for at in range(0, len(pcm), STRETCH))
        return " ".join(filter(None, (self._words(stretch, give_up) for stretch in stretches)))

    def _words(self, pcm: bytes, give_up: float) -> str:
        if time.monotonic() > give_up:
            return ""
        self._decoder.start_utt()
        for at in range(0, len(pcm), PIECE):
            self._decoder.process_raw(pcm[at : at + PIECE])
            if time.monotonic() > give_up:
                break
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""


class Whisper:
    """faster-whisper with a model that the operator has brought: a name in its cache, or a folder."""

    def __init__(self, model: str) -> None:
        import faster_whisper

        self._model = faster_whisper.WhisperModel(model, device="cpu", compute_type="int8", local_files_only=True)

    def hear(self, pcm: bytes, give_up: float) -> str:
        import numpy

        samples = numpy.frombuffer(pcm, dtype="<i2").astype("float32") / 32768
        segments, _ = self._model.transcribe(samples, beam_size=1, condition_on_previous_text=False)
        return "".join(segment.text for segment in segments)


EARS: dict[str, Callable[[str], Ear]] = {"pocketsphinx": Pocketsphinx, "faster-whisper": Whisper}
