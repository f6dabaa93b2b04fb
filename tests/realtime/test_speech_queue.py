"""A turn's voice: sentences in order, and what is left of them when it is told to be quiet."""

import base64

import pytest
from gevent.lock import Semaphore

from app.realtime.live.events import Clip
from app.realtime.live.speech_queue import SpeechQueue
from app.speech.interfaces import Sound
from app.speech.usage import Used
from tests.waiting import until


class GatedVoice:
    """Says anything, as soon as the test lets it."""

    def __init__(self) -> None:
        self.gate = Semaphore(0)

    def synthesize(self, text: str, voice: str, deadline: float, used: Used) -> Sound:
        self.gate.acquire()
        return Sound(text.encode(), "mp3", 1.0, (), "ipa", "gated")

    def release(self, count: int) -> None:
        for _ in range(count):
            self.gate.release()


@pytest.fixture
def voice() -> GatedVoice:
    return GatedVoice()


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def speech(voice: GatedVoice, heard: list[str]) -> SpeechQueue:
    def hear(clip: Clip, index: int, offset_ms: int) -> None:
        heard.append(base64.b64decode(clip.audio).decode())

    return SpeechQueue(voice, "", hear, lambda: heard.append("no voice"))  # type: ignore[arg-type]


def test_sentences_are_heard_in_order(speech: SpeechQueue, voice: GatedVoice, heard: list[str]) -> None:
    for text in ("One.", "Two.", "Three."):
        speech.put(text)
    voice.release(3)
    speech.finish(5)
    assert heard == ["One.", "Two.", "Three."]


def test_it_speaks_again_after_it_was_stopped(speech: SpeechQueue, voice: GatedVoice, heard: list[str]) -> None:
    for text in ("One.", "Two.", "Three.", "Four."):
        speech.put(text)
    voice.release(2)
    until(lambda: len(heard) == 2)
    speech.stop()
    speech.put("Five.")
    voice.release(1)
    speech.finish(5)
    assert heard == ["One.", "Two.", "Five."]
