"""What means little in one message may mean much beside the ones before it."""

from collections.abc import Iterator

import pytest

from app.care import assessment
from app.care.assessment import assess, assess_together
from app.care.classifier import Classifier, Heard
from app.care.levels import Level

SIGNS = ["I have the pills here", "goodbye", "Thank you for everything", "me tonight 🔪"]


@pytest.fixture(autouse=True)
def rules_alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the classifier hears besides is no matter here."""
    monkeypatch.setattr(Classifier, "hear", lambda self, folded: Heard())
    assessment._look.cache_clear()
    yield
    assessment._look.cache_clear()


@pytest.mark.parametrize("text", SIGNS)
def test_a_sign_is_nothing_by_itself(text: str) -> None:
    assert assess(text).level is Level.NONE and assess(text).source


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (["I can't do this any more"], "I have the pills here"),
        (["I have the pills here"], "goodbye"),
        (["Sometimes I wish I was dead", "I went to work"], "Thank you for everything"),
        (["I have the pills here"], "I give up"),
        (["goodbye"], "I'm standing on the bridge"),
        (["Ich kann nicht mehr"], "Lebt wohl"),
        (["Ya no puedo más"], "Tengo las pastillas aquí"),
        (["Je n'en peux plus"], "Adieu"),
        (["もう無理です"], "薬が目の前にある"),
        (["我撑不下去了"], "谢谢你们的一切"),
        (["سامحوني"], "الحبوب معي"),
        (["I am going to"], "kill myself"),
    ],
)
def test_signs_of_two_kinds_are_a_crisis(before: list[str], text: str) -> None:
    assert assess_together(text, before).level is Level.CRISIS


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (["Sometimes I wish I was dead"], "Sometimes I wish I was dead"),
        (["I can't do this any more"], "I give up"),
        (["How do I plan my week?", "That helps, I'll try it"], "Thank you for everything, goodbye"),
        (["My friend said she wants to die"], "Thank you for everything"),
        (["I'm going to kill myself"], "goodbye"),
        (["I have the slides here"], "I can't do this any more"),
    ],
)
def test_the_same_twice_and_ordinary_goodbyes_are_none(before: list[str], text: str) -> None:
    assert assess_together(text, before).level is not Level.CRISIS
