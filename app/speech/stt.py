"""The STT engine: audio to text with pocketsphinx or faster-whisper. Engine processes only."""

import os
import time
from collections.abc import Callable
from typing import Protocol

from app.speech import activity, audio
from app.speech.engine_protocol import Answer, Detect, Detected, Task, Transcribe, Transcribed

PIECE = audio.RATE  # half a second of samples, in bytes
STRETCH = 16 * PIECE  # what is heard in one go: at its end everything in it is gone through once more
ENOUGH = 0.6  # of the time there is: then a rough engine gives what it has
NICE = 5  # below those who answer


class SpeechDecoder(Protocol):
    def hear(self, pcm: bytes, until: float) -> str: ...


class SttWorker:
    def __init__(self, ear: SpeechDecoder) -> None:
        self._stt = ear
        os.nice(NICE)

    def __call__(self, task: Task, seconds: float) -> Answer:
        assert isinstance(task, Transcribe)
        until = time.monotonic() + seconds * ENOUGH
        pcm = audio.decoded(task.audio)
        return Transcribed(self._stt.hear(pcm, until).strip() if activity.has_speech(pcm) else "")


def detect(task: Task, _seconds: float) -> Answer:
    """For a vendor who is only sent what may be speech."""
    assert isinstance(task, Detect)
    return Detected(activity.has_speech(audio.decoded(task.audio)))


class Pocketsphinx:
    """Small, embedded, English, and rough: it hears words where there is speech, though often others than were said."""

    def __init__(self, model: str) -> None:
        import pocketsphinx

        self._decoder = pocketsphinx.Decoder(samprate=audio.RATE, loglevel="FATAL")

    def hear(self, pcm: bytes, until: float) -> str:
        self._decoder.reinit_feat()  # else it has adapted to the voice and the noise of whoever spoke before
        stretches = (pcm[at : at + STRETCH] for at in range(0, len(pcm), STRETCH))
        return " ".join(filter(None, (self._words(stretch, until) for stretch in stretches)))

    def _words(self, pcm: bytes, until: float) -> str:
        if time.monotonic() > until:
            return ""
        self._decoder.start_utt()
        for at in range(0, len(pcm), PIECE):
            self._decoder.process_raw(pcm[at : at + PIECE])
            if time.monotonic() > until:
                break
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return str(found.hypstr) if found else ""


class Whisper:
    """faster-whisper with a model that the operator has brought: a name in its cache, or a folder."""

    def __init__(self, model: str) -> None:
        import faster_whisper

        self._model = faster_whisper.WhisperModel(model, device="cpu", compute_type="int8", local_files_only=True)

    def hear(self, pcm: bytes, until: float) -> str:
        import numpy

        samples = numpy.frombuffer(pcm, dtype="<i2").astype("float32") / 32768
        segments, _ = self._model.transcribe(samples, beam_size=1, condition_on_previous_text=False)
        return "".join(segment.text for segment in segments)


DECODERS: dict[str, Callable[[str], SpeechDecoder]] = {"pocketsphinx": Pocketsphinx, "faster-whisper": Whisper}
