"""What a sentence feels like."""

import pytest

from app.speech.emotion import Emotion, dominant, emotions, summary


def felt(text: str) -> list[int]:
    return [emotion.intensity for emotion in emotions(text)]


def test_there_are_three_in_their_order() -> None:
    assert [emotion.name for emotion in emotions("Hello.")] == ["Joy", "Anger", "Sadness"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I'm so happy today!", "Joy"),
        ("That's wonderful, congratulations!", "Joy"),
        ("I love it, thank you, what a great week", "Joy"),
        ("I finally won and I am proud of myself.", "Joy"),
        ("I can't wait to see you!", "Joy"),
        ("I am furious about this.", "Anger"),
        ("This makes me so angry, I hate it!", "Anger"),
        ("I'm fed up with my rude boss.", "Anger"),
        ("How dare he! This is outrageous.", "Anger"),
        ("I feel so lonely and hopeless.", "Sadness"),
        ("My dog died and I can't stop crying.", "Sadness"),
        ("I’m really sad that she left me.", "Sadness"),
        ("I am not happy at all.", "Sadness"),
        ("I feel down.", "Sadness"),
        ("😢", "Sadness"),
    ],
)
def test_a_plain_emotion_is_the_highest(text: str, name: str) -> None:
    strongest = dominant(text)
    assert strongest and strongest.name == name and strongest.intensity >= 2
    others = [emotion.intensity for emotion in emotions(text) if emotion.name != name]
    assert max(others) < strongest.intensity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The meeting is on Monday at five.",
        "What is your goal for this week?",
        "I'm not angry.",
        "它是",
        "Write down three things.",
    ],
)
def test_a_neutral_text_has_none(text: str) -> None:
    assert felt(text) == [1, 1, 1] and dominant(text) is None


def test_emphasis_counts() -> None:
    assert felt("I am glad.")[0] < felt("I am so very glad!")[0]
    assert felt("I am slightly annoyed.")[1] < felt("I am EXTREMELY ANNOYED!")[1]


def test_an_answer_is_summed_up_as_the_contract_has_it() -> None:
    rows = [
        [Emotion("Joy", joy), Emotion("Anger", 1), Emotion("Sadness", sad)] for joy, sad in ((3, 1), (2, 1), (2, 2))
    ]
    assert summary(rows, Emotion("Sadness", 3)) == {
        "items": [
            {"name": "Joy", "intensity": 2},
            {"name": "Anger", "intensity": 1},
            {"name": "Sadness", "intensity": 1},
        ],
        "stats": {
            "count": 3,
            "avg": {"Joy": 2, "Anger": 1, "Sadness": 1},
            "max": {"Joy": 3, "Anger": 1, "Sadness": 2},
            "last": {"Joy": 2, "Anger": 1, "Sadness": 2},
        },
        "name": "Sadness",
        "intensity": 3,
    }


def test_an_answer_without_sentences_has_a_summary() -> None:
    assert summary([], Emotion("Joy", 1))["stats"]["count"] == 0
