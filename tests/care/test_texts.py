"""What is said in each language: whole, short enough, and with somebody to turn to."""

import re
from dataclasses import replace

import pytest
import re2

from app.care.assessment import assess, assess_together
from app.care.levels import Category, Level
from app.care.resources import Resource, built_in, resources_for
from app.care.rule_files import FOLDER, UNSPACED, compiled
from app.care.safe_words import says_safe
from app.care.safety import WITHHELD
from app.care.texts import SHOWN, Texts, languages, of_language

ALL = list(languages().values())
PROGRAMS = re.compile(
    "computer program|programme informatique|programma informatico|Computerprogramm|computerprogramma"
    "|programa informático|programa de computador"
    "|programem komputerowym|bilgisayar programı|компьютерн[а-я]+ программ|برنامج حاسوب"
    "|कंप्यूटर प्रोग्राम|电脑程序|コンピューターのプログラム"
)
COUNTRIES = sorted({row.country for row in built_in() if row.country})
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
@pytest.mark.parametrize("category", Category)
def test_a_crisis_says_that_this_is_a_program(texts: Texts, category: Category) -> None:
    text = texts.crisis[category]
    assert PROGRAMS.search(text) and "{emergency}" in text and "\n{resources}\n" in text
    assert texts.concern[category].endswith("\n{resources}")


@each_language
def test_what_is_said_between_turns_is_short_and_asks(texts: Texts) -> None:
    assert PROGRAMS.search(texts.disclosure) and texts.follow_up[-1] in "?？؟。"
    assert len(re.findall("[.!?。！？؟।]", texts.follow_up)) == 1
    assert "{emergency}" in texts.cut and texts.cut.endswith("\n{resources}")


@each_language
def test_what_a_model_must_not_say_can_be_looked_for(texts: Texts) -> None:
    assert set(texts.output) == {"instructions", "encouragement", "diagnosis", "human", "prompt"}
    for phrase in (*texts.safe, *texts.unless, *(one for some in texts.output.values() for one in some)):
        re2.compile(compiled(phrase, {}, spaced=texts.language not in UNSPACED))


def test_without_texts_in_a_language_english_is_spoken() -> None:
    assert (of_language("de-AT").language, of_language("xx").language) == ("de", "en")


def test_without_a_country_numbers_for_everywhere_are_named() -> None:
    said = of_language("en").fixed(Level.CRISIS, Category.SUICIDE, resources_for(None, "en", "suicide"))
    assert "call 112" in said and "https://" in said


@pytest.mark.parametrize("text", WITHHELD.values())
def test_what_stands_for_a_crisis_is_a_sign_of_nothing(text: str) -> None:
    pills = "I have the pills here"
    assert not assess(text).source and assess_together(pills, [text]) == assess(pills)
    assert not says_safe(text)


@each_language
def test_without_a_country_the_persons_own_emergency_number_is_spoken_of(texts: Texts) -> None:
    said = texts.fixed(Level.CRISIS, Category.MEDICAL, resources_for(None, texts.language, "medical"))
    assert texts.anywhere in said and "112" in texts.anywhere and len(texts.anywhere) > 5


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_text_has_few_lines_of_help_and_none_twice(country: str) -> None:
    for category in Category:
        lines = help_lines(country, "en", category)
        assert 1 <= len(lines) <= SHOWN and len({line.partition(":")[0] for line in lines}) == len(lines)


def test_a_line_with_two_numbers_is_named_once() -> None:
    assert help_lines("DE", "de", Category.SUICIDE)[0] == "TelefonSeelsorge: 0800 111 0 111 / 0800 111 0 222"


def test_a_number_for_messages_says_so_and_so_do_hours() -> None:
    assert "Shout: SMS 85258" in help_lines("GB", "en", Category.SUICIDE)
    assert help_lines("PT", "pt", Category.SUICIDE)[1] == "SOS Voz Amiga: 213 544 545 (15:30-00:30)"


def test_numbers_keep_their_order_among_words_from_right_to_left() -> None:
    assert help_lines("EG", "ar", Category.SUICIDE)[0].endswith(": \u20660800 888 0700\u2069")


def help_lines(country: str, language: str, category: Category) -> list[str]:
    resources: list[Resource] = resources_for(country, language, category)
    told = replace(of_language(language), concern={category: "{resources}"})
    return told.fixed(Level.CONCERN, category, resources).split("\n")
