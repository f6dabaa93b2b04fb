"""Rules of which only those alternatives are compiled that a text may have find what whole ones find."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
import re2

from app.care import book
from app.care.atoms import Atoms, table
from app.care.book import Book
from app.care.normaliser import folded
from app.care.rule_files import FOLDER, OPTIONS, Language, load
from training.care.book import made_of
from training.care.data import sentences

LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.toml"))
EVERY = 30  # sentences, one of the training is looked at; and one of all for scopes, which take long

Found = list[tuple[int, int]]


@cache
def read() -> Book:
    return book.read()


def lines(language: str, written: Language) -> Iterator[str]:
    examples = [text for row in written.rules for text in (*row.fires, *row.silent)]
    learnt = [row.text for row in sentences(language)][::EVERY]
    for text in (*examples, *learnt):
        yield from folded(text).split("\n")


def by_whole_phrases(written: Language) -> Iterator[tuple[str, dict[str, Found]]]:
    """Of each line of the examples what each rule finds in it, as patterns that are compiled as they are written."""
    whole = re2.Filter()
    for row in written.rules:
        whole.Add(str(row.phrase), OPTIONS)
    whole.Compile()
    for line in lines(written.rules[0].rule.language, written):
        hits = sorted(whole.Match(line.encode()) or ())
        yield line, {written.rules[hit].rule.id: spans(whole.re(hit), line) for hit in hits}


def spans(pattern: book.Phrasing, line: str) -> Found:
    return [found.span() for found in pattern.finditer(line)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_find_the_same_places(language: str) -> None:
    ours = [(one.rule.id, read().phrasing(one.place)) for one in read().chapters[language].rules]
    for line, expected in by_whole_phrases(load(FOLDER / f"{language}.toml")):
        owners = read().by_line(line)[0]
        found = {name: [match.span() for match in phrasing.finditer(line, owners)] for name, phrasing in ours}
        assert {name: places for name, places in found.items() if places} == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_so_do_scopes(language: str) -> None:
    written = load(FOLDER / f"{language}.toml")
    some = list(lines(language, written))[::EVERY]
    for name, phrase in written.scopes.items():
        whole, ours = re2.compile(str(phrase), OPTIONS), read().phrasing(read().chapters[language].scopes[name])
        assert not [line for line in some if spans(ours, line) != spans(whole, line)]


def test_the_file_was_made_of_these_rules() -> None:
    """Else: ``python -m training.care.book``."""
    with np.load(book.FILE) as written:
        assert str(written["made_of"]) == made_of()


def test_what_a_line_has_does_not_depend_on_its_place() -> None:
    alone = read().by_line(" want to die ")[0]
    assert alone and read().by_line(" one \n want to die \n want to die ")[1:] == [alone, alone]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_nor_on_how_many_alternatives_there_are(count: int) -> None:
    needs = [(frozenset({f"left{number}"}), frozenset({f"end{number}"})) for number in range(count)]
    assert Atoms(*table(needs)).by_line("left0 end0\nleft0 end0") == [[0], [0]]
