"""The embedded voice: sound that plays, marks that fit it."""

from itertools import pairwise

import pytest

from app.speech.embedded import EspeakSynthesizer
from app.speech.interfaces import ErrorKind, SpeechError
from app.speech.tts_text import speakable
from app.speech.voices import espeak as named
from tests.speech.conftest import SENTENCE, seconds_of


def test_a_sentence_is_a_sound_that_plays(espeak: EspeakSynthesizer) -> None:
    sound = espeak.synthesize(SENTENCE, "", 5)
    assert sound.format == "mp3" and sound.engine == "espeak"
    assert seconds_of(sound) == pytest.approx(sound.duration, abs=0.01)


def test_the_marks_follow_each_other_to_the_end(espeak: EspeakSynthesizer) -> None:
    sound = espeak.synthesize(SENTENCE, "", 5)
    for before, after in pairwise(sound.marks):
        assert before.start < before.end == after.start
    assert sound.marks[-1].end == pytest.approx(sound.duration)


def test_the_marks_are_what_is_heard(espeak: EspeakSynthesizer) -> None:
    heard = "".join(mark.symbol for mark in espeak.synthesize("My map.", "", 5).marks)
    assert [letter for letter in heard if letter in "mp"] == ["m", "m", "p"]


def test_another_language_sounds_different(espeak: EspeakSynthesizer) -> None:
    german, english = (espeak.synthesize("Die Zeit", voice, 5).marks for voice in ("de", ""))
    assert [mark.symbol for mark in german] != [mark.symbol for mark in english]


def test_a_voice_nobody_has_is_the_usual_one(espeak: EspeakSynthesizer) -> None:
    odd, usual = (espeak.synthesize("Hello.", voice, 5).marks for voice in ("xx-nowhere", ""))
    assert [mark.symbol for mark in odd] == [mark.symbol for mark in usual]


def test_markup_is_spoken_not_obeyed(espeak: EspeakSynthesizer) -> None:
    assert espeak.synthesize('<break time="9s"/> [[ab]]', "", 5).duration < 8


def test_a_text_without_end_is_refused(espeak: EspeakSynthesizer) -> None:
    with pytest.raises(SpeechError) as raised:
        espeak.synthesize("word " * 1000, "", 5)
    assert raised.value.kind is ErrorKind.TOO_LONG and not raised.value.retryable


@pytest.mark.parametrize(
    ("voice", "name"),
    [
        ("", "en-us+f3"),
        ("gtts::en@com", "en-us+f3"),
        ("gtts::en@co.uk", "en-gb+f3"),
        ("gtts::de@de", "de+f3"),
        ("de", "de+f3"),
        ("espeak::en-gb+m2", "en-gb+m2"),
        ("openai::alloy", "en-us+f3"),
        ("21m00Tcm4TlvDq8ikWAM", "en-us+f3"),
        ("../../etc", "en-us+f3"),
    ],
)
def test_products_voices_have_a_name_here(voice: str, name: str) -> None:
    assert named(voice) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Bold** and _mild_", "Bold and mild"),
        ("- one\n- two", "one\ntwo"),
        ("# Plan\nGo.", "Plan\nGo."),
        ("See [this](https://example.com/a_b).", "See this."),
        ("Well done 🎉!", "Well done !"),
        ("snake_case, 2*3 and 7.5%", "snake_case, 2*3 and 7.5%"),
        ("---", ""),
        ("🎉", ""),
    ],
)
def test_what_is_only_for_the_eye_is_not_said(text: str, said: str) -> None:
    assert speakable(text) == said
