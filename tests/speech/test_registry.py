"""Speech as it comes without a key."""

from collections.abc import Iterator

import pytest

from app.speech.interfaces import ErrorKind, SpeechError
from app.speech.registry import Speech, build
from tests.speech.conftest import SENTENCE, only


@pytest.fixture(scope="module")
def keyless() -> Iterator[Speech]:
    speech = build(["espeak"], "pocketsphinx", {}, {}, {})
    yield speech
    speech.close()


def test_what_is_said_is_heard(keyless: Speech) -> None:
    sound = keyless.synthesize(SENTENCE, "elevenlabs::21m00Tcm4TlvDq8ikWAM", 10)
    transcript = keyless.transcribe(sound.audio, sound.format, 20)
    assert sound.engine == "espeak" and transcript.text and transcript.approximate


def test_a_warm_voice_is_there_before_its_first_sentence(keyless: Speech) -> None:
    keyless.warm()
    engine = only(keyless.pools["tts"])
    keyless.synthesize("**Hello.**", "", 10)
    assert only(keyless.pools["tts"]) == engine


def test_no_audio_is_no_question(keyless: Speech) -> None:
    with pytest.raises(SpeechError) as raised:
        keyless.transcribe(b"", "webm", 5)
    assert raised.value.kind is ErrorKind.AUDIO


def test_a_second_voice_speaks_where_it_is_meant(keyless: Speech) -> None:
    speech = build(["elevenlabs:e", "espeak"], "pocketsphinx", {"elevenlabs": "k"}, {}, {})
    assert speech.speakers == ["elevenlabs", "espeak"]
    assert speech.synthesize("Hello.", "espeak::en-gb", 10).engine == "espeak"
    speech.close()
