"""What browsers record becomes text."""

import itertools
from types import SimpleNamespace

import pytest

from app.speech import stt
from app.speech.embedded import EmbeddedRecognizer, EspeakSynthesizer
from app.speech.engines import Engines
from app.speech.formats import container
from app.speech.interfaces import ErrorKind, SpeechError
from tests.double.speech import encoded
from tests.speech.conftest import samples_of

RATE = 16_000
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"


@pytest.fixture(scope="module")
def speech(voices: Engines) -> bytes:
    """Two seconds."""
    return samples_of(EspeakSynthesizer(voices).synthesize("Let us start with a simple plan.", "", 60).audio, RATE)


@pytest.mark.parametrize(
    ("file", "codec", "mime"),
    [
        ("webm", "libopus", "audio/webm;codecs=opus"),
        ("ogg", "libopus", "audio/ogg"),
        ("mp4", "aac", "audio/mp4"),
        ("wav", "pcm_s16le", "wav"),
        ("mp3", "libmp3lame", "audio/mpeg"),
    ],
)
def test_each_container_is_heard(
    pocketsphinx: EmbeddedRecognizer, speech: bytes, file: str, codec: str, mime: str
) -> None:
    transcript = pocketsphinx.transcribe(encoded(speech, RATE, file, codec), mime, 120)
    assert len(transcript.text.split()) >= 3
    assert transcript.engine == "pocketsphinx" and transcript.approximate


def test_what_is_heard_does_not_depend_on_who_spoke_before(pocketsphinx: EmbeddedRecognizer, speech: bytes) -> None:
    whole, part = (encoded(audio, RATE, "wav", "pcm_s16le") for audio in (speech, speech[: len(speech) // 4 * 2]))
    first, _, again = (pocketsphinx.transcribe(data, "wav", 120).text for data in (whole, part, whole))
    assert first and again == first


def test_a_wrong_hint_does_no_harm(pocketsphinx: EmbeddedRecognizer, speech: bytes) -> None:
    assert pocketsphinx.transcribe(encoded(speech, RATE, "wav", "pcm_s16le"), "webm", 120).text


def test_a_recording_that_was_cut_off_is_heard_as_far_as_it_goes(
    pocketsphinx: EmbeddedRecognizer, speech: bytes
) -> None:
    whole = encoded(speech, RATE, "webm", "libopus")
    assert pocketsphinx.transcribe(whole[: len(whole) * 2 // 3], "webm", 120).text


def test_silence_is_no_text(pocketsphinx: EmbeddedRecognizer) -> None:
    assert pocketsphinx.transcribe(encoded(bytes(RATE * 2), RATE, "wav", "pcm_s16le"), "wav", 120).text == ""


@pytest.mark.parametrize("junk", [b"junk" * 500, b"\x1a\x45\xdf\xa3" + bytes(2000), PLAYLIST, b"RIFF"])
def test_what_is_no_audio_is_refused(pocketsphinx: EmbeddedRecognizer, junk: bytes) -> None:
    with pytest.raises(SpeechError) as raised:
        pocketsphinx.transcribe(junk, "webm", 120)
    assert (raised.value.kind, raised.value.status, raised.value.retryable) == (ErrorKind.AUDIO, 422, False)


def test_an_endless_recording_is_refused(pocketsphinx: EmbeddedRecognizer) -> None:
    with pytest.raises(SpeechError) as raised:
        pocketsphinx.transcribe(encoded(bytes(8_000 * 2 * 620), 8_000, "mp3", "libmp3lame"), "mp3", 120)
    assert raised.value.kind is ErrorKind.TOO_LONG


def test_a_rough_ear_gives_what_it_has_in_time(speech: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    ear, pieces = stt.Pocketsphinx(""), itertools.count()
    monkeypatch.setattr(stt, "time", SimpleNamespace(monotonic=lambda: next(pieces)))
    whole, in_time = ear.hear(speech * 2, until=1_000), ear.hear(speech * 2, until=next(pieces) + 4)
    assert in_time
    assert len(in_time) < len(whole)


@pytest.mark.parametrize(
    ("hint", "extension"),
    [
        ("audio/webm;codecs=opus", "webm"),
        ("audio/mpeg", "mp3"),
        ("audio/x-m4a", "m4a"),
        ("speech.ogg", "ogg"),
        ("wav", "wav"),
        ("", "webm"),
        ("application/octet-stream", "webm"),
    ],
)
def test_a_hint_names_a_format(hint: str, extension: str) -> None:
    assert container(hint).extension == extension


def test_what_the_bytes_say_counts_more_than_the_hint() -> None:
    assert container("audio/webm", b"OggS rest").extension == "ogg"
