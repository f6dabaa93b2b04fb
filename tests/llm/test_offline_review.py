"""The offline coach looking back: under the headings that were asked for, from tagged and untagged entries."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.insights.openers import OUTPUT_SCHEMA as STARTERS
from app.insights.suggestions import OUTPUT_SCHEMA as SUGGESTIONS
from app.llm.interfaces import Message
from app.llm.offline import OfflineProvider
from tests.llm.test_offline import GOAL, a_request, events, prompt, text_of

HEADINGS = "\n## Your Week in Review\n\n## Patterns\n\n## Wins\n\n## Challenges\n\n## Recommendations\n"
Ask = Callable[..., str]


def entry(number: int, title: str, body: str, **facts: str) -> str:
    told = " ".join(f'{name}="{value}"' for name, value in facts.items())
    return (
        f'<document id="j{number}" kind="journal" title="{title}" date="2026-11-{number}" {told}>\n{body}\n</document>'
    )


TAGGED = [
    entry(14, "Slow", "I ran in the rain.", mood="tired", tags="running"),
    entry(16, "The call", "The client moved the deadline again.", mood="anxious", tags="work"),
    entry(18, "Lake", "I ran around the whole lake.", mood="proud", tags="running, morning"),
    entry(19, "Mail", "I answered mail instead of writing.", mood="frustrated", tags="work"),
]
UNTAGGED = [
    entry(14, "One", "My sister called about the garden."),
    entry(15, "Two", "The garden needs water, and my sister laughed."),
]


@pytest.fixture
def ask() -> Ask:
    coach = OfflineProvider(gap=0)

    def asked(*documents: str, headings: str = "", **form: Any) -> str:
        system = f"{prompt(*documents)}{headings}"
        messages: Sequence[Message] = [Message("user", "Please look at my week.")]
        return text_of(events(coach, a_request(messages, system, **form)))

    return asked


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n\n")[1].split("\n\n## ", maxsplit=1)[0]


def test_entries_of_one_day_keep_their_order(ask: Ask) -> None:
    day = [entry(14, "Sunrise", "Up at six."), entry(14, "Dusk", "Home at nine.").replace("j14", "j14b")]
    review = ask(GOAL, *day, headings=HEADINGS)
    assert "It began with “Sunrise” on 14 November and led to “Dusk” on 14 November" in review


def test_one_entry_is_told_in_the_singular(ask: Ask) -> None:
    assert "You wrote 1 entry on 1 day that speaks of “Run a 5K”" in ask(GOAL, TAGGED[0], headings=HEADINGS)


def test_a_theme_has_the_name_of_a_thing(ask: Ask) -> None:
    days = [entry(14, "One", "I woke earlier and slept in."), entry(15, "Two", "Woke up earlier; poor sleep.")]
    patterns = section(ask(GOAL, *days, headings=HEADINGS), "Patterns")
    assert "**Sleep** came up in 2 entries" in patterns
    assert "Earlier" not in patterns and "Woke" not in patterns


def test_every_heading_gets_a_text_of_its_own(ask: Ask) -> None:
    review = ask(GOAL, *TAGGED, headings=HEADINGS)
    assert [line for line in review.splitlines() if line.startswith("## ")] == HEADINGS.split("\n")[1:-1:2]
    assert "“The call”, 16 November (anxious)" in section(review, "Challenges")
    assert "“Lake”, 18 November (proud)" in section(review, "Wins")
    assert "Run 3K without a break" in section(review, "Recommendations")


def test_patterns_name_what_comes_up_twice_with_its_days(ask: Ask) -> None:
    patterns = section(ask(*TAGGED, headings=HEADINGS), "Patterns")
    assert "**Running** came up in 2 entries (14 and 18 November)" in patterns
    assert (
        "**Work** came up in 2 entries (16 and 19 November), mostly on heavy days: anxious and frustrated" in patterns
    )
    assert "Morning" not in patterns


def test_words_stand_in_for_tags(ask: Ask) -> None:
    patterns = section(ask(*UNTAGGED, headings=HEADINGS), "Patterns")
    assert "14 and 15 November" in patterns
    assert "Garden" in patterns


def test_a_single_entry_makes_no_pattern(ask: Ask) -> None:
    review = ask(UNTAGGED[0], headings=HEADINGS)
    assert "too early to speak of patterns" in section(review, "Patterns")
    assert "No entry is marked as a hard one" in section(review, "Challenges")


def test_numbers_come_from_the_prompt_when_it_shows_a_selection(ask: Ask) -> None:
    facts = '<data name="week">\n{"entries_in_the_week": 5000, "days_written": 7}\n</data>'
    assert "5000 entries on 7 days" in ask(*TAGGED, facts, headings=HEADINGS)


def test_whoever_is_in_danger_gets_no_review(ask: Ask) -> None:
    review = ask(entry(14, "Dark", "I want to die."), *TAGGED, headings=HEADINGS)
    assert "## Wins" not in review
    assert "emergency" in review


def test_headings_inside_an_entry_ask_for_nothing(ask: Ask) -> None:
    assert "## Wins" not in ask(entry(14, "Note", HEADINGS), *UNTAGGED)


def test_suggested_goals_leave_out_what_has_a_goal(ask: Ask) -> None:
    made = json.loads(ask(GOAL, *TAGGED, schema=SUGGESTIONS.schema, schema_name="goal_suggestions"))
    first = made["suggested_goals"][0]
    assert (first["title"], first["category"]) == ("Take the Pressure Out of Work", "career")
    assert first["journal_ids"] == ["j16", "j19"]
    assert {tuple(row["journal_ids"]) for row in made["patterns"]} == {("j14", "j18"), ("j16", "j19")}


@pytest.mark.parametrize("documents", [[], [GOAL], UNTAGGED, [*TAGGED, GOAL]])
def test_named_forms_are_filled_whatever_there_is(ask: Ask, documents: list[str]) -> None:
    for form, name in ((SUGGESTIONS, "goal_suggestions"), (STARTERS, "conversation_starters")):
        value = json.loads(ask(*documents, schema=form.schema, schema_name=name))
        assert form.validator.is_valid(value), (name, value)
