"""Each rule speaks where its row says so, and is silent where it says so."""

import pytest

from app.care.normaliser import folded
from app.care.rule_files import FOLDER, WrittenRule, load
from app.care.rules import rules

ALL = [row for path in sorted(FOLDER.glob("*.toml")) for row in load(path).rules]


def spoken(text: str) -> dict[str, str]:
    return {found.source: found.level for found in rules().find(folded(text))}


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.rule.id)
def test_a_rule_speaks_where_it_should(row: WrittenRule) -> None:
    missed = [text for text in row.fires if spoken(text).get(f"rule:{row.rule.id}") != row.rule.level]
    assert row.fires and not missed


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.rule.id)
def test_and_is_silent_where_it_should(row: WrittenRule) -> None:
    wrong = [text for text in row.silent if f"rule:{row.rule.id}" in spoken(text)]
    assert row.silent and not wrong


@pytest.mark.parametrize("text", ["", " ", "a", "x y", "!?", "123", "\U0001f600", "。"])
def test_no_rule_speaks_where_nothing_is_said(text: str) -> None:
    assert rules().find(folded(text)) == []
