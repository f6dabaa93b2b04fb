"""What is said in one language is recognised in another: both have the same concepts."""

import pytest

from app.care.concepts import FOLDER, concepts
from app.care.normaliser import folded

ROPE = {
    "en": "the rope is in the cellar", "de": "der Strick hängt im Keller", "fr": "la corde est déjà là",
    "es": "la soga está ahí", "it": "la corda è già lì", "pt": "a corda já está aqui", "nl": "het touw hangt op zolder",
    "pl": "sznur już wisi", "tr": "ip tavanda bağlı", "ru": "верёвка уже привязана", "ar": "الحبل مربوط",
    "hi": "रस्सी बंधी है", "zh": "绳子已经系好了", "ja": "ロープはもう結んである",
}  # fmt: skip


def said(text: str) -> set[str]:
    return {concepts().names[number] for line in folded(text).split("\n") for number in concepts().of(line)}


@pytest.mark.parametrize("language", sorted(ROPE))
def test_a_rope_is_one_in_every_language(language: str) -> None:
    assert "rope" in said(ROPE[language])


def test_all_languages_that_have_rules_have_concepts() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {path.stem for path in FOLDER.parent.glob("rules/*.toml")}


def test_a_word_means_what_it_means_in_the_language_of_the_sentence() -> None:
    assert "die" in said("I just want to die and nobody knows") and "die" not in said("die Tür und die Wand sind weiß")


@pytest.mark.parametrize("text", ["", " ", "a", "!?", "123", "\U0001f600", "。", "x" * 5000])
def test_any_text_may_have_none(text: str) -> None:
    assert said(text) <= set(concepts().names)
