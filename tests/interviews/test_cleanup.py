"""What a model writes becomes what somebody says."""

import pytest

from app.interviews.cleanup import MAX_LENGTH, clean_message


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Interviewer:** Hi there", "Hi there"),
        ("Sarah: Hi", "Hi"),
        ("Well (laughs) I don't know", "Well I don't know"),
        ("Well, *laughs nervously* I guess.", "Well, I guess."),
        ("*adjusts her glasses* Never.", "Never."),
        ("Hello.\n\nCustomer: Hi!\n\nInterviewer: So?", "Hello."),
    ],
)
def test_labels_directions_and_the_other_speaker_are_taken_away(written: str, said: str) -> None:
    assert clean_message(written, "Sarah Chen") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("That *really* hurts. *Never* again.", "That really hurts. Never again."),
        ("I use **Excel** daily", "I use Excel daily"),
        ('He said "no"', 'He said "no"'),
        ("“Hello,” she said. “No.”", "“Hello,” she said. “No.”"),
        ("I paid (taxes included) 40 euros.", "I paid (taxes included) 40 euros."),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_what_is_said_stays(written: str, said: str) -> None:
    assert clean_message(written, "Sarah Chen") == said


def test_a_long_message_ends_with_a_sentence() -> None:
    said = clean_message("A sentence of many words. " * 100, "Sarah Chen")
    assert len(said) <= MAX_LENGTH and said.endswith("words.")
