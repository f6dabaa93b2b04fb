"""What is delicate waits for a yes, whoever sees that it is."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core.clock import now
from app.db.session import db as database
from app.memory import special
from app.memory.jobs import PATIENCE, drop_unaccepted
from app.memory.models import Fact, Special
from tests.chat.conftest import ask, prompt
from tests.memory.conftest import MEMORY, MORNING, Memory

DELICATE = {
    "I take medication for my diabetes": Special.HEALTH, "My mother was diagnosed with cancer": Special.HEALTH,
    "I am six months pregnant": Special.HEALTH, "Ich bin in Therapie": Special.HEALTH,
    "J'ai une dépression": Special.HEALTH, "Tengo ansiedad": Special.HEALTH, "Soffro di depressione": Special.HEALTH,
    "У меня депрессия": Special.HEALTH, "私はうつ病です": Special.HEALTH, "我怀孕了": Special.HEALTH,
    "I pray every morning": Special.BELIEF, "Ich bin katholisch": Special.BELIEF,
    "I always vote for the left": Special.POLITICS, "I am gay": Special.SEXUALITY,
    "I came here as a refugee": Special.ORIGIN, "I am active in the trade union": Special.UNION,
    "I was in prison": Special.OFFENCE,
}  # fmt: skip
HARMLESS = (
    MORNING, "I live in Graz with two cats", "I work as a teacher and commute by train", "My boss is called Tom",
    "Lists in the evening helped me", "Ich wohne in Wien und arbeite als Lehrerin", "I will call my sister on Sundays",
    "J'habite à Lyon", "Prefiero entrenar por la tarde", "I race on weekends and do chores first",
)  # fmt: skip


@pytest.mark.parametrize("text", DELICATE)
def test_words_tell_of_it(text: str) -> None:
    assert special.of(text) is DELICATE[text]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_needs_no_yes(text: str) -> None:
    assert special.of(text) is None


def test_a_delicate_fact_is_not_used_before_the_yes(memory: Memory) -> None:
    made = memory.learn("I take pills every evening")
    assert (made["state"], made["special"]) == ("proposed", "health")
    used = ask(memory.caller, "When do I take my pills in the evening?").json["metadata"]["context"]
    assert used == [] and "pills every evening" not in prompt(memory.double)
    accepted = memory.caller.patch(f"{MEMORY}/{made['id']}", json={"accepted": True}).json
    assert (accepted["state"], accepted["special"]) == ("kept", "health")
    assert ask(memory.caller, "When do I take my pills?").json["metadata"]["context"] == [made["id"]]


def test_a_model_may_know_better_than_the_lists(memory: Memory) -> None:
    assert memory.learn(special="belief")["state"] == "proposed"


def test_what_care_is_concerned_about_is_delicate(memory: Memory) -> None:
    made = memory.learn("I feel hopeless and I don't want to be here any more")
    assert (made["state"], made["special"]) == ("proposed", "health")


def test_a_correction_that_waits_leaves_what_counts(memory: Memory) -> None:
    first = memory.learn()
    made = memory.learn("I prefer to run after therapy", known=first["id"])
    assert [one["superseded_by"] for one in memory.facts()] == [None, None]
    memory.caller.patch(f"{MEMORY}/{made['id']}", json={"accepted": True})
    assert [one["superseded_by"] for one in memory.facts()] == [None, made["id"]]


def test_without_a_yes_it_goes(memory: Memory) -> None:
    made = memory.learn("I take pills every evening")
    kept = memory.learn()
    drop_unaccepted()
    with database.begin() as session:
        session.execute(update(Fact).values(created_at=now() - PATIENCE - timedelta(hours=1)))
    drop_unaccepted()
    assert [one["id"] for one in memory.facts()] == [kept["id"]] != [made["id"]]


def test_no_is_no_acceptance(memory: Memory) -> None:
    made = memory.learn("I take pills every evening")
    assert memory.caller.patch(f"{MEMORY}/{made['id']}", json={"accepted": False}).status_code == 400
