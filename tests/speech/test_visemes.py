"""Lips that fit the sound."""

from itertools import pairwise

import pytest

from app.speech import visemes
from app.speech.embedded import EspeakSynthesizer
from app.speech.interfaces import Mark, Sound
from app.speech.mouth_shapes import CLOSE, COLUMNS, FUNNEL, JAW, PUCKER
from app.speech.visemes import Visemes, drawn
from tests.speech.conftest import LIPS, SENTENCE, seconds_of

ROUNDED = "owuʊɔ"


@pytest.fixture
def sound(espeak: EspeakSynthesizer) -> Sound:
    return espeak.synthesize(LIPS, "", 5)


def during(mark: Mark, curves: Visemes) -> list[list[float]]:
    """The rows of a mark; the nearest one when none falls into it."""
    inside = [row for row, time in zip(curves.rows, curves.times, strict=True) if mark.start <= time <= mark.end]
    middle = min(range(len(curves.times)), key=lambda at: abs(curves.times[at] - (mark.start + mark.end) / 2))
    return inside or [curves.rows[middle]]


def say(symbols: str, each: float = 0.1) -> Visemes:
    marks = [Mark(at * each, (at + 1) * each, symbol) for at, symbol in enumerate(["", *symbols, ""])]
    return drawn(marks, marks[-1].end)


def test_rows_cover_the_real_sound(sound: Sound) -> None:
    curves = visemes.of(sound)
    assert len(curves.rows) == len(curves.times)
    assert curves.times[0] == 0 and curves.times[-1] == pytest.approx(seconds_of(sound), abs=0.02)
    assert curves.fps == pytest.approx(30, rel=0.03)


def test_every_row_has_fifteen_values_between_none_and_full(sound: Sound) -> None:
    for row in visemes.of(sound).rows:
        assert len(row) == len(COLUMNS) == 15
        assert all(0 <= value <= 1 for value in row)


def test_lips_close_on_each_labial(sound: Sound) -> None:
    curves = visemes.of(sound)
    labials = [mark for mark in sound.marks if mark.symbol in ("m", "b", "p")]
    assert len(labials) >= 8
    for mark in labials:
        assert any(row[CLOSE] > 0.9 and row[JAW] < 0.1 for row in during(mark, curves)), mark


def test_lips_are_open_on_vowels(sound: Sound) -> None:
    curves = visemes.of(sound)
    for mark in sound.marks:
        if "ɑ" in mark.symbol and mark.end - mark.start > 0.08:
            assert max(row[JAW] for row in during(mark, curves)) > 0.4


def test_lips_are_rounded_on_o_u_and_w(espeak: EspeakSynthesizer) -> None:
    sound = espeak.synthesize("Two blue shoes would show who goes.", "", 5)
    curves = visemes.of(sound)
    rounded = [mark for mark in sound.marks if any(letter in mark.symbol for letter in ROUNDED)]
    assert len(rounded) >= 6
    for mark in rounded:
        assert max(row[PUCKER] + row[FUNNEL] for row in during(mark, curves)) > 0.5, mark


def test_the_mouth_rests_before_after_and_in_pauses() -> None:
    rows = say("ɑ  ɑ").rows
    assert max(rows[0]) == max(rows[-1]) == 0
    assert max(rows[len(rows) // 2]) < 0.1


def test_the_mouth_moves_without_jumps(espeak: EspeakSynthesizer) -> None:
    rows = visemes.of(espeak.synthesize("Sister, we are easily there.", "", 5)).rows
    jumps = [abs(a - b) for one, two in pairwise(rows) for a, b in zip(one, two, strict=True)]
    assert max(jumps) < 0.6


def test_rounding_begins_before_the_vowel() -> None:
    early = [say(word).rows[8][PUCKER] for word in ("ksuu", "ksii")]
    assert early[0] > early[1] + 0.3


def test_a_weak_sound_takes_its_neighbours_shape() -> None:
    between = [say(word).rows[6][JAW] for word in ("ɑhɑ", "ihi")]
    assert between[0] > between[1] + 0.1


@pytest.mark.parametrize("duration", [0.0, 0.01, 0.05, 0.2])
def test_the_shortest_sounds_have_rows(duration: float) -> None:
    curves = drawn([Mark(0.0, duration, "m")], duration)
    assert len(curves.rows) == len(curves.times) >= 2


def test_a_labial_at_either_end_still_closes() -> None:
    curves = drawn([Mark(0.0, 0.05, "m"), Mark(0.05, 0.3, "ɑ"), Mark(0.3, 0.35, "p")], 0.35)
    assert curves.rows[1][CLOSE] > 0.9 and curves.rows[-2][CLOSE] > 0.9


def test_a_sound_without_marks_rests() -> None:
    assert not any(map(any, drawn([], 1.0).rows))


def test_written_letters_move_the_lips_too(espeak: EspeakSynthesizer) -> None:
    letters = [Mark(at * 0.07, (at + 1) * 0.07, letter) for at, letter in enumerate(SENTENCE)]
    curves = visemes.of(Sound(b"", "mp3", len(SENTENCE) * 0.07, tuple(letters), "characters", "test"))
    for mark in letters:
        if mark.symbol in "mbp":
            assert any(row[CLOSE] > 0.9 for row in during(mark, curves)), mark
