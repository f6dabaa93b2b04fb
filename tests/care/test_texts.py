"""What is said in each language: whole, short enough, and with somebody to turn to."""

import pytest
import re2

from app.care.assessment import assess, assess_together
from app.care.levels import NOTHING, Category, Level
from app.care.resources import resources_for
from app.care.rules import FOLDER, UNSPACED, compiled
from app.care.safe_words import says_safe
from app.care.safety import WITHHELD
from app.care.texts import Texts, languages, of_language

ALL = list(languages().values())
each_language = pytest.mark.parametrize("texts", ALL, ids=lambda texts: texts.language)


def test_whoever_has_rules_has_texts() -> None:
    assert {texts.language for texts in ALL} == {path.stem for path in FOLDER.glob("*.toml")}


@each_language
def test_every_category_has_words_for_both_levels(texts: Texts) -> None:
    assert set(texts.crisis) == set(texts.concern) == set(Category)
    assert texts.follow_up and texts.disclosure and "{resources}" in texts.cut


@each_language
@pytest.mark.parametrize("category", Category)
def test_a_crisis_names_numbers_and_people(texts: Texts, category: Category) -> None:
    said = texts.fixed(Level.CRISIS, category, resources_for("DE", texts.language, category))
    assert ("112" in said or "110" in said) and "{" not in said and len(said) < 2000


@each_language
def test_what_a_model_must_not_say_can_be_looked_for(texts: Texts) -> None:
    assert set(texts.output) == {"instructions", "encouragement", "diagnosis", "human", "prompt"}
    for phrase in (*texts.safe, *(one for some in texts.output.values() for one in some)):
        re2.compile(compiled(phrase, {}, spaced=texts.language not in UNSPACED))


def test_without_texts_in_a_language_english_is_spoken() -> None:
    assert (of_language("de-AT").language, of_language("xx").language) == ("de", "en")


def test_without_a_country_numbers_for_everywhere_are_named() -> None:
    said = of_language("en").fixed(Level.CRISIS, Category.SUICIDE, resources_for(None, "en", "suicide"))
    assert "call 112" in said and "https://" in said


@pytest.mark.parametrize("text", WITHHELD.values())
def test_what_stands_for_a_crisis_is_a_sign_of_nothing(text: str) -> None:
    assert assess(text) == NOTHING and assess_together("I have the pills here", [text]) == assess(
        "I have the pills here"
    )
    assert not says_safe(text)
