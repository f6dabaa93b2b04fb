"""What is a request for slides, and about what."""

import pytest

from app.realtime.live.interfaces import Past
from app.realtime.live.subjects import topic_of, wanted

PAST = [Past("Can you help me sleep well?", "Yes."), Past("Make slides about it", "Here.")]


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("Make slides about sleeping well", "sleeping well"),
        ("Create a 5-slide deck on time management for me please", "time management"),
        ("Make a deck of 4 slides about stress.", "stress"),
        ("Prepare a slide deck: Time blocking for beginners", "Time blocking for beginners"),
        ("Create slides titled Weekly Planning", "Weekly Planning"),
        ("Make slides about making better slides", "making better slides"),
        ("Could you generate a presentation on U.S. history?", "U.S. history"),
        ("Please update the slides: add a section on budgeting", "budgeting"),
        ("Explain OKRs with slides", "Explain OKRs"),
        ("I feel stressed. Please make slides about it.", "feel stressed"),
    ],
)
def test_the_request_names_its_topic(query: str, topic: str) -> None:
    assert wanted(query) and topic_of(query, PAST) == topic


@pytest.mark.parametrize("query", ["I need a presentation", "Can you make me a PowerPoint?", "Slides, please"])
def test_else_it_is_what_was_spoken_of(query: str) -> None:
    assert wanted(query) and topic_of(query, PAST) == "help me sleep well"


def test_changes_are_about_what_is_shown() -> None:
    assert topic_of("Please shorten the deck", PAST, "Sleeping well") == "Sleeping well"


@pytest.mark.parametrize(
    "query",
    [
        "I am nervous about my presentation tomorrow",
        "I want better presentation skills",
        "The keynote went badly",
        "Hi",
    ],
)
def test_who_speaks_of_a_talk_asks_for_no_slides(query: str) -> None:
    assert not wanted(query)
