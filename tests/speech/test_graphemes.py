"""Letters with their times, read aloud."""

from itertools import pairwise

import pytest

from app.speech.graphemes import phonemes
from app.speech.interfaces import Mark


def letters(text: str) -> list[Mark]:
    return [Mark(float(at), float(at + 1), letter) for at, letter in enumerate(text)]


@pytest.mark.parametrize(
    ("word", "sounds"),
    [
        ("ship", "ʃɪp"),
        ("phone", "fon"),
        ("make", "mæk"),
        ("the", "θɛ"),
        ("blue", "bluː"),
        ("bell", "bɛl"),
        ("city", "sɪti"),
        ("Größe", "ɡɹøsɛ"),
        ("мама", "mama"),
        ("7", "sɛvən"),
    ],
)
def test_words_sound_as_they_are_read(word: str, sounds: str) -> None:
    assert "".join(mark.symbol for mark in phonemes(letters(word))) == sounds


def test_no_time_is_lost() -> None:
    text = "Maybe, the blue phone — knight’s 42!"
    marks = phonemes(letters(text))
    assert (marks[0].start, marks[-1].end) == (0, len(text))
    assert all(one.end == two.start for one, two in pairwise(marks))


def test_words_that_follow_closely_have_no_pause() -> None:
    marks = [Mark(at * 0.05, (at + 1) * 0.05, letter) for at, letter in enumerate("a b")]
    assert [mark.symbol for mark in phonemes(marks)] == ["æ", "b"]


def test_stops_and_spaces_are_pauses() -> None:
    assert [mark.symbol for mark in phonemes(letters("a, b"))] == ["æ", "", "", "b"]
