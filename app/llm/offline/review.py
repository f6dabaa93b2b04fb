"""A look back at what was written: in paragraphs, or under the headings that the prompt asks for."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.llm.offline import phrases
from app.llm.offline.facts import ISO, day, due, newest, open_goals, said, state
from app.llm.offline.reading import Document, Reading
from app.llm.offline.safety import safe_reply
from app.llm.offline.themes import HEAVY, LIGHT, Theme, joined, listed_days, moods, themes
from app.llm.offline.words import table, turned

HEADING = re.compile(r"^## (.+?)\s*$", re.M)
MOST_ITEMS = 4


@dataclass(frozen=True)
class Review:
    """Everything that a look back can say. Each sentence names the day it rests on."""

    reading: Reading
    seed: int = 0

    @cached_property
    def entries(self) -> list[Document]:
        """The oldest first; those of one day as they were told."""
        return sorted(self.reading.of("journal"), key=lambda entry: entry.date)

    @cached_property
    def themes(self) -> list[Theme]:
        return themes(self.entries)

    @cached_property
    def light(self) -> list[Document]:
        return [entry for entry in self.entries if entry.mood.lower() in LIGHT]

    @cached_property
    def heavy(self) -> list[Document]:
        return [entry for entry in self.entries if entry.mood.lower() in HEAVY]

    def total(self, name: str, default: int) -> int:
        """A number that the prompt gives, for it may show a selection only."""
        facts = self.reading.data.get("week")
        known = facts.get(name) if isinstance(facts, dict) else None
        return known if isinstance(known, int) else default

    def summary(self) -> str:
        if not self.entries:
            return "You wrote nothing in this time, so there is little to look back on yet."
        count = self.total("entries_in_the_week", len(self.entries))
        days = self.total("days_written", len({entry.date for entry in self.entries}))
        told = f"You wrote {counted(count, 'entry', 'entries')} on {counted(days, 'day', 'days')}{self.matter(count)}"
        about = joined([theme.name for theme in self.themes[:3]])
        first = f"{told}, and what came up most was {about}." if about else f"{told}."
        return " ".join(part for part in (first, self.arc(), self.mood_line()) if part)

    def matter(self, count: int) -> str:
        """The goal that all of it is about, when the prompt shows only one."""
        goals = self.reading.of("goal")
        if len(goals) != 1 or "week" in self.reading.data:
            return ""
        return f" that {'speaks' if count == 1 else 'speak'} of “{goals[0].title}”"

    def arc(self) -> str:
        """From the first entry to the last."""
        first, last = self.entries[0], self.entries[-1]
        if first is last:
            return f"On {on(first)} you wrote {said(first)}."
        return f"It began with “{first.title}” on {on(first)} and led to “{last.title}” on {on(last)}: {said(last)}."

    def mood_line(self) -> str:
        if self.light and self.heavy:
            return f"Lighter days ({moods(self.light)}) stood beside heavier ones ({moods(self.heavy)})."
        if self.light:
            return f"The mood that you noted was light throughout: {moods(self.light)}."
        return f"The mood that you noted was heavy: {moods(self.heavy)}." if self.heavy else ""

    def patterns(self) -> list[str]:
        return [_pattern(theme) for theme in self.themes[:MOST_ITEMS]]

    def wins(self) -> list[str]:
        reached = [f"{step.body.rstrip('.')}, on {on(step)}, for “{step.title}”." for step in self._of("milestone")]
        noted = [f"“{note.title}”, {on(note)}: {said(note)}." for note in self._of("progress")]
        felt = [f"“{entry.title}”, {on(entry)} ({entry.mood.lower()}): {said(entry)}." for entry in self.light[::-1]]
        return [*reached, *noted, *felt][:MOST_ITEMS]

    def challenges(self) -> list[str]:
        return [
            f"“{entry.title}”, {on(entry)} ({entry.mood.lower()}): {said(entry)}." for entry in self.heavy[::-1]
        ][:MOST_ITEMS]  # fmt: skip

    def steps(self) -> list[str]:
        """What can be done, each step tied to something above."""
        goal = next((goal for goal in open_goals(self.reading) if goal.next and not goal.done), None)
        options = turned(phrases.STEPS["next"], self.seed, *(entry.id for entry in self.entries))
        known = [f"For “{goal.title}”: {options[0].format(next=f'“{goal.next}”')}"] if goal else []
        weighing = next((theme for theme in self.themes if theme.leaning == "heavy"), None)
        helping = next((theme for theme in self.themes if theme.leaning == "light"), None)
        if weighing:
            known.append(f"Choose one thing about {weighing.name} that is yours to change, and change it this week.")
        elif self.heavy:
            known.append(f"Give “{self.heavy[-1].title}” ten minutes on paper: what in it is yours to change?")
        if helping:
            known.append(f"Put {helping.name} in the calendar before the week fills up; it went with your better days.")
        return known or [f"Tonight, {phrases.STEPS['start'][4]}"]

    def goal_lines(self) -> list[str]:
        goals = open_goals(self.reading)[:3]
        return [f"“{goal.title}” is {_standing(goal)}." for goal in goals]

    def paragraphs(self) -> str:
        """Goals, what recurs, what deserves attention, and a step."""
        attention = self.challenges()[:1] or []
        weighed = f"What deserves attention: {attention[0]}" if attention else ""
        recurring = " ".join([*([self.summary()] if self.entries else []), *self.patterns()[:2]]).replace("**", "")
        steps = " ".join(self.steps()[:2])
        parts = (" ".join(self.goal_lines()), recurring, weighed, f"A next step: {steps[:1].lower()}{steps[1:]}")
        return "\n\n".join(part for part in parts if part)

    def _of(self, kind: str) -> list[Document]:
        return newest(self.reading.of(kind))


def sections(reading: Reading, seed: int) -> str:
    """A text under each of the prompt's headings, when it asks for several."""
    headings = HEADING.findall(reading.prompt)
    if len(headings) < 2:
        return ""
    review = Review(reading, seed)
    worried = safe_reply([entry.body for entry in review.entries])
    return worried or "\n\n".join(f"## {heading}\n\n{_section(heading, review)}" for heading in headings)


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def on(document: Document) -> str:
    """The day, without its year."""
    return day(document.date).rsplit(" ", 1)[0] if ISO.match(document.date) else document.date or "an unknown day"


def _section(heading: str, review: Review) -> str:
    signs = set(re.findall(r"[a-z]+", heading.lower()))
    write = next((write for known, write in SECTIONS if known & signs), _overview)
    return write(review)


def _pattern(theme: Theme) -> str:
    told = f"**{theme.name.capitalize()}** came up in {len(theme.entries)} entries ({theme.days})"
    if theme.leaning == "heavy":
        return f"{told}, mostly on heavy days: {moods(theme.heavy)}."
    if theme.leaning == "light":
        return f"{told}, mostly on good days: {moods(theme.light)}."
    return f"{told}, on good days and on hard ones." if theme.light else f"{told}."


def _standing(goal: Document) -> str:
    steps = f", with “{goal.next}” as the next milestone{due(goal)}" if goal.next and not goal.done else ""
    return state(goal).removeprefix("now ").removeprefix("currently ").replace("which you have already ", "") + steps


def _listed(lines: Sequence[str], nothing: str) -> str:
    return "\n".join(f"- {line}" for line in lines) or nothing


def _overview(review: Review) -> str:
    return review.summary()


def _patterns(review: Review) -> str:
    return _listed(review.patterns(), "Nothing came up twice, so it is too early to speak of patterns.")


def _wins(review: Review) -> str:
    return _listed(review.wins(), f"None is written down as one; that you wrote on {_days(review)} counts as well.")


def _challenges(review: Review) -> str:
    return _listed(review.challenges(), "No entry is marked as a hard one.")


def _steps(review: Review) -> str:
    return _listed(review.steps(), "")


def _days(review: Review) -> str:
    return listed_days(review.entries) or "these days"


SECTIONS: tuple[tuple[frozenset[str], Callable[[Review], str]], ...] = (
    (table("pattern patterns theme themes recurring"), _patterns),
    (table("win wins success successes highlight highlights strengths proud"), _wins),
    (table("challenge challenges obstacle obstacles hard difficult struggles"), _challenges),
    (table("recommendation recommendations next step steps suggestions ahead forward"), _steps),
)
