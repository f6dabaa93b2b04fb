"""What is a request for slides, and about what."""

from typing import Any

import pytest
from flask import Flask

from app.care.service import Care
from app.llm.choice import Choice
from app.llm.interfaces import Deadlines
from app.llm.offline import OfflineProvider
from app.llm.registry import Models
from app.realtime.live import slides
from app.realtime.live.conversation import AgentProfile, Deck, Exchange, Thread
from app.realtime.live.slide_requests import asks_for_others, asks_for_slides, asks_to_replace, topic_of
from app.turns.pipeline import Pipeline
from app.web.container import resolve_from

HISTORY = [Exchange("Can you help me sleep well?", "Yes."), Exchange("Make slides about it", "Here.")]


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
        ("I don't have slides yet, please make some slides on naps", "naps"),
        ("I feel stressed. Please make slides about it.", "feel stressed"),
    ],
)
def test_the_request_names_its_topic(query: str, topic: str) -> None:
    assert asks_for_slides(query) and topic_of(query, HISTORY) == topic


@pytest.mark.parametrize("query", ["I need a presentation", "Can you make me a PowerPoint?", "Slides, please"])
def test_else_it_is_what_was_spoken_of(query: str) -> None:
    assert asks_for_slides(query) and topic_of(query, HISTORY) == "help me sleep well"


def test_changes_are_about_what_is_shown() -> None:
    assert topic_of("Please shorten the deck", HISTORY, "Sleeping well") == "Sleeping well"


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
    assert not asks_for_slides(query)


def test_the_offline_coach_adds_to_the_slides_that_are_there(app: Flask) -> None:
    models = Models([Choice(OfflineProvider(gap=0), "coach")], Deadlines(), lambda record: None)
    pipeline = Pipeline(models, resolve_from(app, Care))
    thread = Thread(1, "acme", "user_00112233445566aa", AgentProfile(1, "", "Mira", "", "", 300, ""))
    first = slides.generate(pipeline, thread, "Make slides about sleeping well", [], None)
    shown = Deck(first.title, first.summary, first.editorjs, 1, "")
    second = slides.generate(pipeline, thread, "Please update the slides: add a section on naps", [], shown)
    assert (first.title, second.title) == ("Sleeping well", "Sleeping well")
    assert slides.headings(second.editorjs) == [*slides.headings(first.editorjs), "Naps"]


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("Make slides about budgeting", True), ("Please create a presentation on budgeting", True),
        ("Update the slides: add a section on naps", False), ("Make the slides about sleep nicer", False),
        ("Make slides about Sleeping well", False), ("Create a slide about naps", False), ("Bitte Folien", False),
    ],
)  # fmt: skip
def test_new_slides_or_those_that_are_shown(query: str, other: bool) -> None:
    assert asks_for_others(query, "Sleeping well") is other


@pytest.mark.parametrize(
    ("query", "title", "text"),
    [
        ("Update the slides", False, False), ("Add a section on naps to the deck", False, False),
        ("Improve the slides", False, False), ("Change the title to Rest", True, False),
        ("Rename the deck", True, False), ("Remove the section on my evenings", False, True),
        ("Translate the slides to German", True, True), ("Start over with the slides", True, True),
        ("Delete 'No screens in bed' from the slides", False, True),
    ],
)  # fmt: skip
def test_what_is_to_be_replaced(query: str, title: bool, text: bool) -> None:
    assert asks_to_replace(query, "My nights", "My nights", True) is title
    assert asks_to_replace(query, "No screens in bed", "My evenings", False) is text


@pytest.mark.parametrize(
    "editorjs", [{}, {"blocks": 1}, {"blocks": ["x", {"type": "header"}, {"type": "header", "data": {"text": None}}]}]
)
def test_slides_that_are_none_have_no_headings(editorjs: dict[str, Any]) -> None:
    assert slides.headings(editorjs) == []
