"""Whoever says that they are safe is asked no longer; whoever doubts it, wishes it or asks, is."""

import tomllib
from pathlib import Path

import pytest

from app.care.safe_words import says_safe
from app.care.texts import languages

SENTENCES = tomllib.loads((Path(__file__).parent / "safe_words.toml").read_text(encoding="utf-8"))


def each(kind: str) -> list[tuple[str, str]]:
    return [(language, said) for language, kinds in SENTENCES.items() for said in kinds[kind]]


def test_every_language_is_listened_to() -> None:
    assert set(SENTENCES) == set(languages())
    assert all(len(kinds["safe"]) >= 10 and len(kinds["unsafe"]) >= 10 for kinds in SENTENCES.values())


@pytest.mark.parametrize(("language", "said"), each("safe"))
def test_who_says_that_they_are_safe_is_believed(language: str, said: str) -> None:
    assert says_safe(said), language


@pytest.mark.parametrize(("language", "said"), each("unsafe"))
def test_a_negation_a_question_or_a_wish_is_not_safety(language: str, said: str) -> None:
    assert not says_safe(said), language


def test_one_sentence_that_says_so_is_enough() -> None:
    assert says_safe("It was a hard night. I'm safe now. Can we talk about my week?")


def test_nothing_said_says_nothing() -> None:
    assert not says_safe("") and not says_safe("  \n ") and not says_safe("?")
