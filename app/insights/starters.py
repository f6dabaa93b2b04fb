"""Questions to begin with that need no model: from the goals and entries as they are, or for somebody without any."""

from collections.abc import Iterator

from app.core.ids import new_id
from app.insights.material import Material
from app.insights.models import Prompt

NEWCOMER = (
    ("planning", "Help me choose one goal for the next month"),
    ("reflection", "What has been on my mind this week?"),
    ("motivation", "How can I get started when I don't feel like it?"),
    ("challenge", "What is one thing that I keep putting off?"),
    ("celebration", "What went well today, even if it was small?"),
)
FOR_GOAL = (
    ("planning", "Help me break down “{step}” into smaller steps"),
    ("motivation", "How can I stay motivated to reach “{goal}”?"),
    ("challenge", "What is really holding me back from “{other}”?"),
)


def starters(found: Material) -> list[Prompt]:
    """Five prompts, one of each category."""
    own = dict(_own(found))
    return [
        {"id": new_id("prompt"), "text": own.get(category, text), "category": category} for category, text in NEWCOMER
    ]


def _own(found: Material) -> Iterator[tuple[str, str]]:
    goals = [goal for goal in found.goals if goal.attributes.get("status") != "completed"]
    if goals:
        first, last = goals[0], goals[-1]
        names = {"goal": first.title, "step": first.attributes.get("next", first.title), "other": last.title}
        yield from ((category, text.format(**names)) for category, text in FOR_GOAL)
    if found.entries.documents:
        yield "reflection", f"What do my last entries, like “{found.entries.documents[-1].title}”, have in common?"
    if found.notes:
        yield "celebration", f"What can I be proud of in how “{found.notes[0].title}” is going?"
