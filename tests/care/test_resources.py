import re
from datetime import date
from pathlib import Path

import pytest

from app.care.resources import Resource, built_in, resources_for
from tests.care.resources_page import PAGE, page

DIALABLE = re.compile(r"[+*]?[0-9]+([ -][0-9]+)*|\(\d+\) [0-9-]+")
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "tr", "ru", "ar", "hi", "zh", "ja")
FIND_A_HELPLINE = ("findahelpline", "ResilientRhino", "kuakua.docs")  # the list and two that follow it
CATEGORIES = ("suicide", "self_harm", "harm_to_others", "danger", "medical")
COUNTRIES = sorted({row.country for row in built_in() if row.country})


def named(row: Resource) -> str:
    return f"{row.country} {row.name} {row.phone or row.sms}"


def day(text: str) -> date:
    return date.fromisoformat(text + "-01" * (2 - text.count("-")))


def test_every_row_stands_in_two_dated_sources() -> None:
    assert not [named(row) for row in built_in() if len({source.address for source in row.sources}) < 2]
    assert not [named(row) for row in built_in() if max(day(source.date) for source in row.sources) < date(2017, 1, 1)]
    sources = {source for row in built_in() for source in row.sources}
    assert all(day(source.date) <= date(2026, 11, 29) for source in sources)
    assert {source.dated for source in sources} == {"page", "read"}


def test_no_line_rests_on_one_list_and_its_copies() -> None:
    for row in built_in():
        others = [s for s in row.sources if not any(part in s.address for part in FIND_A_HELPLINE)]
        assert others or row.kind != "line", named(row)


def test_every_number_can_be_dialled() -> None:
    numbers = [number for row in built_in() for number in (row.phone, row.sms) if number]
    assert not [number for number in numbers if not DIALABLE.fullmatch(number)]
    assert {row.kind for row in built_in() if not row.phone and not row.sms} == {"directory"}


def test_every_row_can_be_shown() -> None:
    assert not [named(row) for row in built_in() if not row.url.startswith("https://") or not row.name]
    assert {category for row in built_in() for category in row.categories} == set(CATEGORIES)
    assert not [row for row in built_in() for language in row.languages if not re.fullmatch("[a-z]{2}", language)]


def test_no_row_is_there_twice() -> None:
    assert len({named(row) for row in built_in()}) == len(built_in())


@pytest.mark.parametrize("category", [None, *CATEGORIES])
def test_each_country_has_an_emergency_number_first_and_somewhere_to_turn(category: str | None) -> None:
    for country in COUNTRIES:
        first, *others = resources_for(country, "en", category)
        assert (first.kind, first.country) == ("emergency", country)
        assert any(row.kind != "emergency" for row in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_of_the_coach_has_a_line_that_speaks_it(language: str) -> None:
    assert any(row.kind == "line" and language in row.languages for row in built_in())


@pytest.mark.parametrize("country", [None, "AQ", "ZZ", ""])
def test_an_unknown_country_gets_the_international_list(country: str | None) -> None:
    found = resources_for(country, "en")
    assert found[0].phone == "112"
    assert {row.name for row in found} > {"Find A Helpline", "Befrienders Worldwide"}
    assert {row.country for row in found} == {None}


def test_the_country_may_be_written_small_and_the_language_with_its_region() -> None:
    assert resources_for("ch", "fr-CH") == resources_for("CH", "fr")


def test_lines_in_the_persons_language_come_first() -> None:
    for language in ("nl", "fr"):
        line = next(row for row in resources_for("BE", language, "suicide") if row.kind == "line")
        assert language in line.languages


def test_a_line_made_for_the_category_comes_before_one_that_covers_it() -> None:
    line = next(row for row in resources_for("DE", "de", "danger") if row.kind == "line")
    assert line.phone == "116 016"


@pytest.mark.parametrize("category", CATEGORIES)
def test_lines_for_the_young_come_last_and_never_alone(category: str) -> None:
    for country in COUNTRIES:
        helps = [row.audience for row in resources_for(country, "en", category) if row.kind != "emergency"]
        assert helps == sorted(helps, key=bool) and helps[0] is None, country


def test_where_no_line_speaks_the_language_the_directories_come_too() -> None:
    turkish = [row.name for row in resources_for("DE", "tr", "suicide")]
    assert turkish.index("TelefonSeelsorge") < turkish.index("Find A Helpline")
    assert "Find A Helpline" not in {row.name for row in resources_for("DE", "de", "suicide")}


@pytest.mark.parametrize(("country", "language", "phone"), [
    ("NL", "nl", "113"), ("CN", "zh", "12356"), ("MX", "es", "800 911 2000"), ("IN", "en", "14416"),
    ("KR", "ko", "109"),
])  # fmt: skip
def test_the_national_line_comes_before_a_local_one(country: str, language: str, phone: str) -> None:
    line = next(row for row in resources_for(country, language, "suicide") if row.kind == "line")
    assert line.phone == phone


def test_lines_of_other_categories_are_left_out() -> None:
    assert {row.phone for row in resources_for("US", "en", "danger")} >= {"911", "1-800-799-7233"}
    assert "988" not in {row.phone for row in resources_for("US", "en", "danger")}


def test_on_the_wire_a_row_has_only_the_numbers_that_there_are() -> None:
    lifeline = next(row for row in resources_for("US", "en", "suicide") if row.kind == "line")
    assert lifeline.wire() == {
        "name": "988 Suicide & Crisis Lifeline",
        "phone": "988",
        "sms": "988",
        "url": "https://988lifeline.org",
        "country": "US",
        "languages": ["en", "es"],
        "hours": "24/7",
    }
    assert "sms" not in resources_for(None, "en")[0].wire()


def test_the_page_for_readers_says_what_the_rows_say() -> None:
    assert Path(PAGE).read_text(encoding="utf-8") == page(), "python -m tests.care.resources_page"
