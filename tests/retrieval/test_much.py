"""Finding for somebody who has written for years: what is rare is found however old it is."""

import random
from datetime import timedelta
from string import ascii_lowercase

import pytest
from sqlalchemy import text as sql

from app.core.clock import now
from app.db.session import db as database
from app.retrieval import search as searching
from app.retrieval.index import Document, put_new
from tests.retrieval.test_search import find, matched, write

pytestmark = pytest.mark.usefixtures("clean", "narrow")
AGO = 4000  # days
EVERYTHING = 10**9
COPIES = """
  INSERT INTO document_chunks (tenant_id, user_id, kind, source_id, part, title, text, dated_at, attributes, lexemes)
  SELECT tenant_id, user_id, kind, source_id || ' ' || n, part, title, text, dated_at - n * interval '1 day',
    attributes, lexemes
  FROM document_chunks, generate_series(1, :times) AS n"""


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Years of writing, in little."""
    monkeypatch.setattr("app.retrieval.narrowing.MANY", 100)
    monkeypatch.setattr("app.retrieval.narrowing.MOST", 40)
    monkeypatch.setattr("app.retrieval.narrowing.NEWEST", 10)
    monkeypatch.setattr("app.retrieval.narrowing.NEWEST_OF_COMMON", 60)
    monkeypatch.setattr("app.retrieval.search.sizes", searching.narrowing.Sizes())


def write_for_years(*texts: str, times: int = 150) -> None:
    """Each of the texts again and again."""
    for number, one in enumerate(texts):
        write(f"{number}", one)
    with database.begin() as session:
        session.execute(sql(COPIES), {"times": times})


def test_a_rare_word_is_found_however_old_it_is() -> None:
    write_for_years("Work was long and sleep was short")
    write("old", "The zeppelin landed at work", days=AGO)
    assert "old" in matched("What did I write of the zeppelin at work?")


def test_common_words_find_what_has_them_together() -> None:
    write_for_years("Work was long", "Sleep was short", "Coffee was strong", times=60)
    write("all", "Coffee, sleep and work", days=AGO)
    assert "all" in matched("coffee, sleep, work")


def test_a_word_of_every_day_finds_the_newest_days_once_each() -> None:
    write_for_years("Work was long and sleep was short")
    found = [hit for hit in find("work") if hit.matched]
    assert [hit.source_id for hit in found[:3]] == ["0", "0 1", "0 2"]
    assert max(hit.score for hit in found) < 2 / 61


def test_nobody_elses_pieces_are_found_among_many() -> None:
    write_for_years("Work was long and sleep was short")
    write("theirs", "The zeppelin landed at work", user="theo")
    assert not {"theirs"} & {*matched("zeppelin"), *matched("work")}


def test_words_that_nobody_wrote_match_nothing() -> None:
    write_for_years("Work was long and sleep was short")
    assert matched("xylophone") == []


def test_what_was_erased_a_moment_ago_is_not_looked_for() -> None:
    write_for_years("Work was long and sleep was short")
    assert matched("work")
    with database.begin() as session:
        session.execute(sql("DELETE FROM document_chunks"))
    assert find("work") == []


def journal_of(chance: random.Random, words: list[str]) -> None:
    """A day for each of 300 texts, in which the first words are common and the last ones rare."""
    shares = [1 / (place + 3) for place in range(len(words))]
    texts = [" ".join(chance.choices(words, shares, k=20)) for _ in range(300)]
    days = [now() - timedelta(days=day) for day in range(len(texts))]
    written = [Document("journal", f"{n}", "", one, day) for n, (one, day) in enumerate(zip(texts, days, strict=True))]
    with database.begin() as session:
        put_new(session, "acme", "olivia", written)


def test_questions_with_rare_words_find_what_ranking_everything_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(4)
    words = ["".join(chance.choices(ascii_lowercase, k=6)) for _ in range(500)]
    journal_of(chance, words)
    questions = [" ".join(chance.sample(words[250:], 3)) for _ in range(12)]
    few = [matched(question) for question in questions]
    monkeypatch.setattr("app.retrieval.narrowing.MANY", EVERYTHING)
    assert few == [matched(question) for question in questions]
