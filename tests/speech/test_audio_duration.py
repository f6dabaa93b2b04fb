"""The length of a sound from its headers is the length that is played."""

import pytest

from app.speech.audio_duration import measure
from tests.double.speech import encoded
from tests.speech.conftest import samples_of

RATES = [8_000, 16_000, 22_050, 44_100, 48_000]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("file", "codec"), [("mp3", "libmp3lame"), ("wav", "pcm_s16le")])
def test_it_is_what_a_player_plays(file: str, codec: str, rate: int) -> None:
    audio = encoded(bytes(2 * int(1.234 * rate)), rate, file, codec)
    assert measure(audio) == (file, pytest.approx(len(samples_of(audio, rate)) / 2 / rate, abs=0.002))


def test_a_plain_stream_of_frames_counts_as_it_is() -> None:
    audio = encoded(bytes(44_100 * 2), 44_100, "mp3", "libmp3lame")
    frames = audio[audio.index(b"Info") :]
    plain = frames[frames.index(b"\xff\xfb") :]
    assert measure(plain) == ("mp3", pytest.approx(1.0, abs=0.08))


def test_a_streamed_wav_counts_what_is_there() -> None:
    audio = bytearray(encoded(bytes(16_000 * 2), 16_000, "wav", "pcm_s16le"))
    at = audio.index(b"data") + 4
    audio[at : at + 4] = b"\xff" * 4
    assert measure(bytes(audio)) == ("wav", pytest.approx(1.0))


@pytest.mark.parametrize("junk", [b"", b"ID3", b"<html>", b"RIFF\0\0\0\0WAVE", b"\xff\xfb"])
def test_what_is_neither_has_no_length(junk: bytes) -> None:
    assert measure(junk) is None
