"""What we encode: it plays, and it lasts as long as what was put in."""

import pytest

from app.speech import audio, mp3
from app.speech.audio_duration import measure

RATE = 22_050


@pytest.mark.parametrize("samples", [1, 576, 1500, 10_000, 107_772])
def test_its_length_is_told_to_the_sample(samples: int) -> None:
    assert measure(mp3.encode(bytes(2 * samples), RATE)) == ("mp3", pytest.approx(samples / RATE, abs=0.5 / RATE))


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000])
def test_players_leave_out_what_the_encoder_added(rate: int) -> None:
    played = len(audio.decoded(mp3.encode(bytes(2 * rate), rate))) / 2 / audio.RATE
    assert played == pytest.approx(1.0, abs=0.002)
