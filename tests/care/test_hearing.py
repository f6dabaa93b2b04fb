"""What is said counts, however it is spelled; what is denied, told or sung doesn't."""

from pathlib import Path

import pytest

from app.care.levels import Level, gravest
from app.care.normaliser import folded
from app.care.rule_files import load
from app.care.rules import rules
from training.care.book import written


def heard(text: str) -> Level:
    return gravest(found.level for found in rules().find(folded(text)))


@pytest.mark.parametrize(
    "text",
    [
        "I want to k1ll myse1f", "im going to ki11 mys3lf", "i wanna k!ll myself", "I want to k\u200bi\u200bll myself",
        "I am going to d i e tonight", "im gonna unalive myself tonight", "I'm committing sewerslide tonight",
        "i.want.to.die", "シニタイ", "自 殺 し た い", "我 想 自 杀", "我想自殺", "我想自杀", "मैं मरना चाहता हूँ",
        "मै मरना चाहता हू", "وسأنتحر الليلة",
    ],
)  # fmt: skip
def test_no_spelling_hides_a_crisis(text: str) -> None:
    assert heard(text) is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "I will never kill myself", "I'm not going to ever kill myself", "Ich werde mich niemals umbringen",
        "Ich will mich ganz sicher nicht umbringen", "No me voy a matar nunca", "ik ben niet suicidal",
        "je ne suis pas suicidal", "no estoy suicidal", "non sono suicidal", "ich bin nicht suicidal",
    ],
)  # fmt: skip
def test_a_negation_counts_wherever_it_stands(text: str) -> None:
    assert heard(text) is Level.NONE


@pytest.mark.parametrize("text", ["I never sleep and I want to kill myself", "I don't care, I want to kill myself"])
def test_that_of_another_clause_does_not(text: str) -> None:
    assert heard(text) is Level.CRISIS


def test_a_film_is_still_one_in_the_next_sentence() -> None:
    assert heard("I saw a film about a nurse. She wants to kill herself.") is Level.NONE
    assert heard("I saw a film about a nurse. I want to kill myself.") is Level.CRISIS


@pytest.mark.parametrize("phrase", ["kill|", "(kill|) me", "kill||me", r"(.)\\1?", "( ~){0,2}"])
def test_a_phrase_that_would_fire_everywhere_is_refused(phrase: str, tmp_path: Path) -> None:
    row = f'id = "x"\nlevel = "crisis"\ncategory = "suicide"\nphrase = "{phrase}"\nfires = []\nsilent = []\n'
    (tmp_path / "en.toml").write_text(f"[words]\n[[rule]]\n{row}")
    with pytest.raises(ValueError):
        written({"en": load(tmp_path / "en.toml")})
