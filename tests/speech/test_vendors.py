"""ElevenLabs and OpenAI over the wire."""

from collections.abc import Iterator

import gevent
import pytest

from app.speech import visemes
from app.speech.interfaces import ErrorKind, Sound, SpeechError
from app.speech.mouth_shapes import CLOSE
from app.speech.registry import Speech, build
from tests.double.client import Double
from tests.double.speech import timed
from tests.speech.conftest import SENTENCE, seconds_of, speakers

ELEVENLABS, OPENAI = "elevenlabs::21m00Tcm4TlvDq8ikWAM", "openai::nova"


def failure(speech: Speech, voice: str, deadline: float = 5.0) -> SpeechError:
    """What saying, or without a voice hearing, ends with."""
    with pytest.raises(SpeechError) as raised:
        if voice:
            speech.synthesize(SENTENCE, voice, deadline)
        else:
            speech.transcribe(b"OggS" + bytes(100), "ogg", deadline)
    return raised.value


@pytest.fixture
def alone(voice: str, double: Double) -> Iterator[Speech]:
    """The voice's own vendor, and no other."""
    speech = speakers(double, "openai:tts" if voice == OPENAI else "elevenlabs:eleven")
    yield speech
    speech.close()


@pytest.fixture(params=[ELEVENLABS, OPENAI])
def sound(request: pytest.FixtureRequest, vendors: Speech, double: Double) -> Sound:
    return vendors.synthesize(SENTENCE, request.param, 10)


def test_a_vendors_sound_has_lips_that_fit_it(sound: Sound) -> None:
    curves = visemes.of(sound)
    assert seconds_of(sound) == pytest.approx(sound.duration, abs=0.06) == curves.times[-1]
    assert sum(row[CLOSE] > 0.9 for row in curves.rows) >= 2  # simple, plan, busy


def test_the_marks_lie_within_the_sound(sound: Sound) -> None:
    assert 0.05 < sound.marks[0].start < 0.4
    assert sound.marks[-1].end <= sound.duration + 0.01


@pytest.mark.parametrize("voice", [ELEVENLABS, OPENAI])
def test_lips_rest_where_the_vendor_pauses(vendors: Speech, double: Double, voice: str) -> None:
    text = "Well, let us begin, and plan the week."
    curves = visemes.of(vendors.synthesize(text, voice, 10))
    times = timed(text)["alignment"]
    for at in (text.index(","), text.rindex(",")):
        middle = (times["character_start_times_seconds"][at] + times["character_end_times_seconds"][at]) / 2
        assert max(curves.rows[round(middle * curves.fps)]) < 0.1


def test_elevenlabs_is_asked_for_times(vendors: Speech, double: Double) -> None:
    vendors.synthesize("Hello.", ELEVENLABS, 5)
    asked = double.requests()[-1]
    assert asked["path"] == "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/with-timestamps?output_format=mp3_44100_64"
    assert asked["headers"]["xi-api-key"] == "e"
    assert asked["body"] == {"text": "Hello.", "model_id": "eleven"}


def test_openai_is_asked_for_mp3(vendors: Speech, double: Double) -> None:
    vendors.synthesize("Hello.", OPENAI, 5)
    asked = double.requests()[-1]
    assert (asked["path"], asked["headers"]["authorization"]) == ("/v1/audio/speech", "Bearer o")
    assert asked["body"] == {"model": "tts", "input": "Hello.", "voice": "nova", "response_format": "mp3"}


def test_openai_hears(vendors: Speech, double: Double) -> None:
    double.script({"text": " I want to run a marathon.\n"})
    transcript = vendors.transcribe(b"OggS" + bytes(100), "audio/webm;codecs=opus", 5)
    assert (transcript.text, transcript.engine, transcript.approximate) == (
        "I want to run a marathon.", "openai", False,
    )  # fmt: skip
    body = double.requests()[-1]["body"]
    assert body["model"] == "whisper-1"
    assert body["file"] == {"name": "speech.ogg", "mime": "audio/ogg", "size": 104}


def test_a_voice_brings_its_service(vendors: Speech, double: Double) -> None:
    engines = [vendors.synthesize("Hello.", voice, 5).engine for voice in (ELEVENLABS, OPENAI, "gtts::en@com", "")]
    assert engines == ["elevenlabs", "openai", "elevenlabs", "elevenlabs"]


@pytest.mark.parametrize("voice", [ELEVENLABS, OPENAI, ""])
@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (401, ErrorKind.AUTH, False),
        (404, ErrorKind.REFUSED, False),
        (429, ErrorKind.RATE_LIMIT, True),
        (500, ErrorKind.OVERLOADED, True),
        (503, ErrorKind.OVERLOADED, True),
    ],
)
def test_a_status_is_a_kind_of_error(
    alone: Speech, double: Double, voice: str, status: int, kind: ErrorKind, retryable: bool
) -> None:
    double.default(status=status, retry_after="7")
    error = failure(alone, voice)
    assert (error.kind, error.retryable, error.retry_after) == (kind, retryable, 7)
    assert "SECRET" not in f"{error!s}{error!r}{error.text}"


def test_audio_that_the_vendor_refuses_is_the_callers(vendors: Speech, double: Double) -> None:
    double.script({"status": 400})
    assert failure(vendors, "").kind is ErrorKind.AUDIO


@pytest.mark.parametrize("voice", [ELEVENLABS, OPENAI, ""])
@pytest.mark.parametrize("slow", [{"silence": "all"}, {"loris": 0.05}, {"first": 3.0}])
def test_a_slow_vendor_is_left_at_the_deadline(
    alone: Speech, double: Double, voice: str, slow: dict[str, object]
) -> None:
    double.script(slow)
    with gevent.Timeout(60):
        error = failure(alone, voice, deadline=0.3)
    assert error.kind is ErrorKind.TIMEOUT and error.retryable


@pytest.mark.parametrize("voice", [ELEVENLABS, OPENAI, ""])
def test_nonsense_is_junk(alone: Speech, double: Double, voice: str) -> None:
    double.default(junk=0)
    assert failure(alone, voice).kind is ErrorKind.JUNK


@pytest.mark.parametrize("voice", [ELEVENLABS, OPENAI, ""])
def test_an_answer_that_was_cut_is_no_answer(alone: Speech, double: Double, voice: str) -> None:
    double.default(cut=0)
    assert failure(alone, voice).kind is ErrorKind.CONNECTION


def test_a_vendor_who_is_not_there() -> None:
    speech = build(["elevenlabs:e"], "pocketsphinx", {"elevenlabs": "k"}, {"elevenlabs": "http://127.0.0.1:9"}, {})
    assert failure(speech, ELEVENLABS).kind is ErrorKind.CONNECTION


def test_without_its_aligner_a_voice_still_has_lips(vendors: Speech, double: Double) -> None:
    speech = build(["openai:tts"], "pocketsphinx", {"openai": "o"}, {"openai": f"{double.url}/v1"}, {"PYTHONHOME": "/"})
    sound = speech.synthesize(SENTENCE, OPENAI, 5)
    assert sound.alphabet == "characters" and sound.marks[-1].end == pytest.approx(sound.duration)
    speech.close()


@pytest.mark.parametrize("text", ["", "---", "🎉"])
def test_what_cannot_be_said_is_not_asked_for(vendors: Speech, double: Double, text: str) -> None:
    with pytest.raises(SpeechError) as raised:
        vendors.synthesize(text, "", 5)
    assert raised.value.kind is ErrorKind.EMPTY and not double.requests()


@pytest.mark.parametrize("spec", ["elevenlabs", "elevenlabs:", "espeak:x", "mystery:x", ""])
def test_nonsense_is_named(spec: str) -> None:
    with pytest.raises(ValueError, match=f"Speech engine '{spec}' must look like one of elevenlabs:model.*espeak"):
        build([spec], "pocketsphinx", {"elevenlabs": "k"}, {}, {})


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="Speech engine 'openai:whisper-1' needs an API key for openai"):
        build(["espeak"], "openai:whisper-1", {}, {}, {})
