"""The weights of the house fit its pieces, training gives the same ones every time, and neither voice is lost."""

from dataclasses import replace

import numpy as np
import pytest

from app.care.assessment import assess
from app.care.classifier import FILE, Classifier, Heard, Thresholds, classifier
from app.care.judgement import together
from app.care.levels import Category, Finding, Level
from app.care.normaliser import folded
from app.care.pieces import BITS, VERSION, pieces
from app.care.rules import rules
from training.care.data import Sentence, sentences
from training.care.learning import Weights, learnt

LIMITS = Thresholds(crisis=2.0, doubtful=1.0, concern=1.5, unsure=0.5, raised=0.8)
QUIET = Heard(crisis=-4.0, concern=-1.0, category=Category.MEDICAL, language="fr")
RULE = Finding(Level.CRISIS, Category.SUICIDE, "rule:en.one", "en")


@pytest.fixture(scope="module")
def few() -> list[Sentence]:
    return [row for language in ("en", "ja") for row in list(sentences(language))[::20]]


@pytest.fixture(scope="module")
def weights(few: list[Sentence]) -> Weights:
    return learnt(few)


def test_training_gives_the_same_weights_every_time(few: list[Sentence], weights: Weights) -> None:
    again = learnt(few)
    assert all(np.array_equal(weights[name], again[name]) for name in weights)


def test_what_was_learnt_is_heard_again(few: list[Sentence], weights: Weights) -> None:
    heard = Classifier(weights)
    right = [(heard.hear(folded(row.text)).concern > 0) == (row.level is not Level.NONE) for row in few]
    assert np.mean(right) > 0.8


def test_the_weights_of_the_house_fit_the_pieces() -> None:
    with np.load(FILE) as weights:
        assert int(weights["version"]) == VERSION and len(weights["levels"]) == 1 << BITS
    assert FILE.stat().st_size < 4_000_000


def test_weights_of_other_pieces_are_refused(weights: Weights) -> None:
    with pytest.raises(ValueError, match="other pieces"):
        Classifier({**weights, "version": np.array(VERSION + 1)})


def test_a_sentence_has_the_same_pieces_wherever_it_stands() -> None:
    alone, beside = pieces(folded("I can't go on")), pieces(folded("Hello there.\nI can't go on"))
    assert sorted(alone.numbers) == sorted(beside.numbers[beside.lines == 1])


def test_numbers_are_one_and_keys_are_none() -> None:
    few, many = (pieces(folded(f"the dog ate {count} pies of 20g")) for count in ("3", "4711"))
    assert sorted(few.numbers) == sorted(many.numbers)
    for key in ("0c93755123a34635a3995c6a364e75b5", "x" + "yz" * 20, "de89370400440532013000abcdef"):
        said = f"i put my things in order {key} and gave the dog away"
        assert classifier().hear(folded(said)) == classifier().hear(folded(said.replace(f" {key}", "")))


@pytest.mark.parametrize("text", ["", " ", "a", "!?", "\U0001f600", "。", "\n\n\n", "x" * 5000, "a. " * 900])
def test_any_text_can_be_heard(text: str) -> None:
    assert 0 <= classifier().hear(folded(text)).score <= 1


def test_an_ordinary_text_has_a_score_and_no_level() -> None:
    found = assess("I watered the tomatoes and called my aunt about the party.")
    assert found.level is Level.NONE and found.score is not None and found.score < 0.5


def test_a_crisis_of_the_rules_stays_one() -> None:
    assert together(RULE, QUIET, LIMITS) == RULE


def test_what_no_rule_sees_is_named_by_the_classifier() -> None:
    found = together(Finding(), replace(QUIET, crisis=2.5), LIMITS)
    assert found == Finding(Level.CRISIS, Category.MEDICAL, "classifier", "fr")


def test_a_concern_of_the_rules_is_sooner_raised() -> None:
    concern = replace(RULE, level=Level.CONCERN)
    assert together(concern, replace(QUIET, crisis=0.9), LIMITS).level is Level.CRISIS
    assert together(Finding(), replace(QUIET, crisis=0.9), LIMITS).level is Level.NONE


@pytest.mark.parametrize(("concern", "crisis", "is_unsure"), [(1.6, -1, False), (0.6, -1, True), (-1, 1.2, True)])
def test_between_the_thresholds_it_is_an_unsure_concern(concern: float, crisis: float, *, is_unsure: bool) -> None:
    found = together(Finding(), replace(QUIET, concern=concern, crisis=crisis), LIMITS)
    assert (found.level, found.is_unsure) == (Level.CONCERN, is_unsure)


def test_a_sign_without_a_level_is_kept() -> None:
    sign = Finding(source="rule:en.sign")
    assert together(sign, QUIET, LIMITS) == sign


def test_long_text_is_heard_with_more_care() -> None:
    filler, said = "We walked along the river. " * 30, "i want to kill myself tonight"
    assert rules().find(folded(said))
    assert classifier().hear(folded(filler + said)).crisis < classifier().hear(folded(said)).crisis


@pytest.mark.parametrize(
    "text", ["Tonight", "Weekly plan", "Ya estoy a salvo", "我现在安全了", "I am better, and safe now"]
)
def test_single_words_and_assurances_are_left_to_the_rules(text: str) -> None:
    assert assess(text).level is Level.NONE
