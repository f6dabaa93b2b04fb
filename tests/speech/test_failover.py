"""When a voice fails, the next one speaks."""

from collections.abc import Iterator

import pytest

from app.speech.interfaces import ErrorKind, SpeechError
from app.speech.registry import Speech
from tests.double.client import Double
from tests.speech.conftest import speakers

ELEVENLABS = "/v1/text-to-speech/"


@pytest.fixture
def speech(double: Double) -> Iterator[Speech]:
    made = speakers(double, "elevenlabs:eleven", "openai:tts")
    yield made
    made.close()


def engines(speech: Speech, *voices: str) -> list[str]:
    return [speech.synthesize("Hello.", voice, 4).engine for voice in voices]


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 429}, {"status": 404}, {"silence": "all"}])
def test_the_next_voice_speaks_and_goes_on_speaking(speech: Speech, double: Double, fault: dict[str, object]) -> None:
    double.script(fault)
    assert engines(speech, "", "") == ["openai", "openai"]
    assert [request["path"].startswith(ELEVENLABS) for request in double.requests()] == [True, False, False]


@pytest.mark.parametrize("fault", [{"status": 500}, {"cut": 0}, {"junk": 0}])
def test_a_voice_that_stands_alone_is_asked_again(double: Double, fault: dict[str, object]) -> None:
    speech = speakers(double, "elevenlabs:eleven")
    double.script(fault)
    assert engines(speech, "openai::nova") == ["elevenlabs"]
    speech.close()


def test_a_voice_that_failed_is_asked_again_when_the_others_fail(speech: Speech, double: Double) -> None:
    double.script({"status": 401}, {}, {"status": 401}, {})
    assert engines(speech, "", "") == ["openai", "elevenlabs"]


def test_when_none_can_speak_the_last_error_is_told(speech: Speech, double: Double) -> None:
    double.script({"status": 429}, {"status": 401})
    with pytest.raises(SpeechError) as raised:
        engines(speech, "")
    assert raised.value.kind is ErrorKind.AUTH
