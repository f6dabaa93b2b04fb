"""Without any model a newcomer sees a proposal all the same, in the languages that the offline coach has."""

from datetime import timedelta

import pytest

from app.core.clock import now
from tests.actions.conftest import aim, answered, confirmed
from tests.conftest import Caller

WISHES = [
    ("I want to run a marathon by June", "Run a marathon", "-06-30"),
    ("Ich möchte bis Juni einen Marathon laufen.", "Einen Marathon laufen", "-06-30"),
    ("Je veux courir un marathon d'ici juin", "Courir un marathon", "-06-30"),
    ("Quiero correr un maratón para junio", "Correr un maratón", "-06-30"),
    ("Voglio correre una maratona entro giugno", "Correre una maratona", "-06-30"),
]


@pytest.mark.parametrize(("message", "title", "day"), WISHES, ids=[title for _, title, _ in WISHES])
def test_a_wish_becomes_a_goal_once_it_is_confirmed(message: str, title: str, day: str, offline: Caller) -> None:
    events = answered(offline, message)
    assert events.types[-2:] == ["proposal", "end"]
    goal = confirmed(offline, events.last["proposals"][0])
    assert goal["title"] == title and goal["target_date"].endswith(f"{day}T00:00:00.000Z")


def test_a_goal_that_is_only_like_it_is_another(offline: Caller) -> None:
    aim(offline, "Run a 5K")
    assert len(answered(offline, "I want to run a marathon by June").last["proposals"]) == 1


def test_a_wish_without_a_day_gets_three_months(offline: Caller) -> None:
    shown = answered(offline, "I'd like to learn Spanish").last["proposals"][0]
    assert shown["after"]["target_date"][:10] in {
        (now() + timedelta(days=90 + more)).date().isoformat() for more in (-1, 0, 1)
    }


@pytest.mark.parametrize(
    "message",
    [
        "I want to know what my goals are", "Do I want to run a marathon?", "How is my goal going?", "Please update it",
        "I want to run a 5K",
    ],
)  # fmt: skip
def test_a_question_or_a_goal_that_is_there_is_no_wish(message: str, offline: Caller) -> None:
    aim(offline, "Run a 5K")
    assert answered(offline, message).last["proposals"] == []


def test_a_goal_that_is_reached_is_proposed_as_completed(offline: Caller) -> None:
    goal = aim(offline, "Run a 5K")
    shown = answered(offline, "I've finally reached my goal run a 5K").last["proposals"][0]
    assert (shown["kind"], shown["before"]["id"], shown["after"]["status"]) == (
        "goal.complete",
        goal["id"],
        "completed",
    )


def test_an_entry_is_proposed_in_the_persons_words(offline: Caller) -> None:
    shown = answered(offline, "Write in my journal: Today I ran in the rain.").last["proposals"][0]
    assert (shown["kind"], shown["after"]["content"]) == ("journal.create", "Today I ran in the rain")
