"""The offline coach looking back: under the headings that were asked for, from tagged and untagged entries."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.insights.openers import OUTPUT_SCHEMA as STARTERS
from app.insights.suggestions import OUTPUT_SCHEMA as SUGGESTIONS
from app.llm.interfaces import Grounding, Message, Task
from app.weekly.material import SECTIONS
from tests.llm.offline import GOAL, Entry, a_request, data, entry, events, text_of


def note(number: int, title: str, body: str, **facts: str) -> Entry:
    return entry("journal", title, body, f"2026-11-{number}", f"j{number}_{title}", **facts)


TAGGED = [
    note(14, "Slow", "I ran in the rain.", mood="tired", tags="running"),
    note(16, "The call", "The client moved the deadline again.", mood="anxious", tags="work"),
    note(18, "Lake", "I ran around the whole lake.", mood="proud", tags="running, morning"),
    note(19, "Mail", "I answered mail instead of writing.", mood="frustrated", tags="work"),
]
UNTAGGED = [
    note(14, "One", "My sister called about the garden."),
    note(15, "Two", "The garden needs water, and my sister laughed."),
]


def review(*documents: Entry, outline: tuple[str, ...] = SECTIONS, **facts: Any) -> str:
    grounding = Grounding(Task.REVIEW, documents, facts, outline=outline)
    return text_of(events(a_request([Message("user", "Please look at my week.")], grounding)))


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n\n")[1].split("\n\n## ", maxsplit=1)[0]


def test_entries_of_one_day_keep_their_order() -> None:
    told = review(GOAL, note(14, "Sunrise", "Up at six."), note(14, "Dusk", "Home at nine."))
    assert "It began with “Sunrise” on 14 November and led to “Dusk” on 14 November" in told


def test_one_entry_is_told_in_the_singular() -> None:
    assert "You wrote 1 entry on 1 day that speaks of “Run a 5K”" in review(GOAL, TAGGED[0])


def test_a_theme_has_the_name_of_a_thing() -> None:
    days = [note(14, "One", "I woke earlier and slept in."), note(15, "Two", "Woke up earlier; poor sleep in June.")]
    more = note(16, "Three", "The sleep was better.")
    patterns = section(review(GOAL, *days, more), "Patterns")
    assert "**Sleep** came up in 2 entries" in patterns
    assert "Earlier" not in patterns and "Woke" not in patterns


def test_every_heading_gets_a_text_of_its_own() -> None:
    told = review(GOAL, *TAGGED)
    assert [line for line in told.splitlines() if line.startswith("## ")] == [f"## {name}" for name in SECTIONS]
    assert "“The call”, 16 November (anxious)" in section(told, "Challenges")
    assert "“Lake”, 18 November (proud)" in section(told, "Wins")
    assert "Run 3K without a break" in section(told, "Recommendations")


def test_patterns_name_what_comes_up_twice_with_its_days() -> None:
    patterns = section(review(*TAGGED), "Patterns")
    assert "**Running** came up in 2 entries (14 and 18 November)" in patterns
    assert (
        "**Work** came up in 2 entries (16 and 19 November), mostly on heavy days: anxious and frustrated" in patterns
    )
    assert "Morning" not in patterns


def test_words_stand_in_for_tags() -> None:
    patterns = section(review(*UNTAGGED), "Patterns")
    assert "14 and 15 November" in patterns
    assert "Sister" in patterns


def test_a_single_entry_makes_no_pattern() -> None:
    told = review(UNTAGGED[0])
    assert "too early to speak of patterns" in section(told, "Patterns")
    assert "No entry is marked as a hard one" in section(told, "Challenges")


def test_numbers_come_from_the_facts_when_it_is_shown_a_selection() -> None:
    assert "5000 entries on 7 days" in review(*TAGGED, entries_in_the_week=5000, days_written=7)


def test_headings_inside_an_entry_ask_for_nothing() -> None:
    assert "## Wins" not in review(note(14, "Note", "## Wins\n\nNothing."), *UNTAGGED, outline=())


def test_suggested_goals_leave_out_what_has_a_goal() -> None:
    made = data(SUGGESTIONS.schema, Grounding(Task.REVIEW, [GOAL, *TAGGED]))
    first = made["suggested_goals"][0]
    assert (first["title"], first["category"]) == ("Take the pressure out of work", "career")
    assert first["journal_ids"] == ["j16_The call", "j19_Mail"]


@pytest.mark.parametrize("documents", [[], [GOAL], UNTAGGED, [*TAGGED, GOAL]])
@pytest.mark.parametrize("output", [SUGGESTIONS, STARTERS], ids=["suggestions", "starters"])
def test_the_schemas_of_insights_are_filled_whatever_there_is(documents: Sequence[Entry], output: Any) -> None:
    output.validator.validate(data(output.schema, Grounding(Task.REVIEW, documents)))
