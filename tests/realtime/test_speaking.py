"""A turn's voice: sentences in order, and what is left of them when it is told to be quiet."""

import base64

import gevent
import pytest

from app.realtime.live.frames import Clip
from app.realtime.live.speaking import Speaker
from app.speech.interfaces import Sound


class SlowVoice:
    """Says anything, a moment later."""

    def synthesize(self, text: str, voice: str, deadline: float) -> Sound:
        gevent.sleep(0.3)
        return Sound(text.encode(), "mp3", 1.0, (), "ipa", "slow")


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def speaker(heard: list[str]) -> Speaker:
    def hear(clip: Clip, index: int, offset_ms: int) -> None:
        heard.append(base64.b64decode(clip.audio).decode())

    return Speaker(SlowVoice(), "", hear)  # type: ignore[arg-type]


def test_sentences_are_heard_in_order(speaker: Speaker, heard: list[str]) -> None:
    for text in ("One.", "Two.", "Three."):
        speaker.say(text)
    speaker.finish(5)
    assert heard == ["One.", "Two.", "Three."]


def test_it_speaks_again_after_it_was_quiet(speaker: Speaker, heard: list[str]) -> None:
    for text in ("One.", "Two.", "Three.", "Four."):
        speaker.say(text)
    gevent.sleep(0.45)
    speaker.stop()
    speaker.say("Five.")
    speaker.finish(5)
    assert heard == ["One.", "Two.", "Five."]
