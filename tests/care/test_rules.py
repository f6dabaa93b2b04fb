"""Each rule speaks where its row says so, and is silent where it says so."""

import pytest

from app.care.normaliser import folded
from app.care.rule_files import FOLDER, Rule, load
from app.care.rules import rules

ALL = [rule for path in sorted(FOLDER.glob("*.toml")) for rule in load(path).rules]


def spoken(text: str) -> dict[str, str]:
    return {found.source: found.level for found in rules().find(folded(text))}


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_rule_speaks_where_it_should(rule: Rule) -> None:
    missed = [text for text in rule.fires if spoken(text).get(f"rule:{rule.id}") != rule.level]
    assert rule.fires and not missed


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_and_is_silent_where_it_should(rule: Rule) -> None:
    wrong = [text for text in rule.silent if f"rule:{rule.id}" in spoken(text)]
    assert rule.silent and not wrong


@pytest.mark.parametrize("text", ["", " ", "a", "x y", "!?", "123", "\U0001f600", "。"])
def test_no_rule_speaks_where_nothing_is_said(text: str) -> None:
    assert rules().find(folded(text)) == []
