"""What is said of a person is what they wrote, or what was counted; the rest is put right or left out."""

import re
from collections.abc import Iterable

import pytest

from app.receipts.proof import Proof, proved
from tests.receipts.material import ADVICE, LANGUAGES, ground, reviews, truths

GROUNDS = {language: ground(language) for language in LANGUAGES}


def streamed(text: str, language: str, size: int, *, strict: bool = True) -> str:
    proof = Proof(lambda: GROUNDS[language], strict=strict, is_followed=not strict)
    said = [proof.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join([*said, proof.end()])


def has(mark: str, text: str) -> bool:
    return re.search(rf"(?<![\w.,-]){re.escape(mark)}(?![\w-])", text) is not None


def left(found: Iterable[tuple[str, str, str]]) -> list[tuple[str, str]]:
    checked = ((text, proved(text, GROUNDS[language]).text, mark) for language, text, mark in found)
    return [(text, said) for text, said, mark in checked if has(mark, said)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_thousand_reviews_of_a_liar_no_lie_is_left(language: str) -> None:
    assert left(one for one in reviews() if one[0] == language) == []


def test_there_are_more_than_a_thousand() -> None:
    assert len(list(reviews())) > 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_true_stays(language: str) -> None:
    assert [text for text in truths(language) if proved(text, GROUNDS[language]).text != text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_claims_nothing(language: str) -> None:
    assert [text for text in ADVICE[language] if proved(text, GROUNDS[language]).text != text] == []
