"""What documents show: goals and where they stand, what comes up again, what was good and what was hard."""

from collections import Counter
from collections.abc import Sequence

from app.llm.offline.lexicon import GLAD, HEAVY
from app.llm.offline.material import Material, Theme, Thing, themes
from app.llm.offline.safety import help_for
from app.llm.offline.words import bare, capital, joined, quote, sentences, short_day, unique

MOST = 4
SECTIONS = (("pattern", "patterns"), ("win", "wins"), ("challenge", "challenges"), ("recommendation", "steps"))


class Review:
    def __init__(self, material: Material) -> None:
        self.material = material
        shown = material.documents
        self.goals = sorted((one for one in shown if one.kind == "goal"), key=lambda goal: not goal.is_open)
        self.entries = sorted((one for one in shown if one.kind == "journal"), key=lambda entry: str(entry.when))
        self.steps = [one for one in shown if one.kind in ("milestone", "progress")]
        self.themes = themes(self.entries)

    def text(self) -> str:
        """Under the headings that were asked for, else in paragraphs. Danger comes before everything else."""
        danger = next((text for entry in self.entries if (text := help_for([entry.detail]))), "")
        outline = self.material.grounding.outline
        if danger or not outline:
            return danger or self.paragraphs()
        return "\n\n".join(f"## {heading}\n\n{self._section(heading)}" for heading in outline)

    def paragraphs(self) -> str:
        hard = self.challenges()[:1]
        parts = (
            " ".join(map(self.standing, self.goals[:3])), f"{self.opening()} {' '.join(self.patterns()[:2])}".replace("**", ""),
            f"What deserves attention: {hard[0]}" if hard else "", "\n".join(f"- {step}" for step in self.advice()[:3]),
        )  # fmt: skip
        return "\n\n".join(part.strip() for part in parts if part.strip())

    def _section(self, heading: str) -> str:
        name = next((name for word, name in SECTIONS if word in heading.lower()), "")
        if not name:
            return self.opening()
        lines = {"patterns": self.patterns, "wins": self.wins, "challenges": self.challenges, "steps": self.advice}[
            name
        ]()
        nothing = {
            "patterns": "Nothing came up twice, so it is too early to speak of patterns.",
            "wins": "None is written down as one; that you wrote counts as well.",
            "challenges": "No entry is marked as a hard one.", "steps": "Write one line each evening, and look back in a week.",
        }  # fmt: skip
        return "\n".join(f"- {line}" for line in lines[:MOST]) or nothing[name]

    def standing(self, goal: Thing) -> str:
        if not goal.is_open:
            return f"{quote(goal.title)} is {goal.status}."
        done, total = sum(step[0] for step in goal.steps), len(goal.steps)
        counted = f" with {done} of {total} milestones done" if total else ""
        due = next((when for is_done, _, when in goal.steps if not is_done and when), None)
        next_ = goal.fields.get("next")
        step = f", and {quote(str(next_))} comes next{f', due {short_day(due)}' if due else ''}" if next_ else ""
        return f"{quote(goal.title)} is at {goal.fields.get('progress', 0)}%{counted}{step}."

    def opening(self) -> str:
        """How often, what about, from where to where, in which mood."""
        if not self.entries:
            return "You wrote nothing in this time, so there is little to look back on yet."
        facts = self.material.facts
        count = facts.get("entries_in_the_week", len(self.entries))
        days = facts.get("days_written", len({entry.when for entry in self.entries}))
        matter = (
            f" that {'speaks' if count == 1 else 'speak'} of {quote(self.goals[0].title)}"
            if self._is_of_one_goal
            else ""
        )
        told = f"You wrote {count} {'entry' if count == 1 else 'entries'} on {days} {'day' if days == 1 else 'days'}{matter}"
        about = joined([theme.name for theme in self.themes[:3]])
        first, last = self.entries[0], self.entries[-1]
        arc = f"It began with {quote(first.title)} on {on(first)} and led to {quote(last.title)} on {on(last)}: {said(last)}."
        arc = arc if first is not last else f"On {on(first)} you wrote {said(first)}."
        return " ".join(
            unique([f"{told}{f', and what came up most was {about}' if about else ''}.", arc, self._moods()])
        )

    @property
    def _is_of_one_goal(self) -> bool:
        return len(self.goals) == 1 and "days_written" not in self.material.facts

    def _moods(self) -> str:
        light, heavy = (moods(self.entries, known) for known in (GLAD, HEAVY))
        if light and heavy:
            return f"Lighter days ({light}) stood beside heavier ones ({heavy})."
        return (
            f"The mood that you noted was {'light' if light else 'heavy'}: {light or heavy}." if light or heavy else ""
        )

    def patterns(self) -> list[str]:
        return list(map(pattern, self.themes[:MOST]))

    def wins(self) -> list[str]:
        reached = [
            f"{bare(one.detail)}, on {on(one)}, for {quote(one.title)}."
            for one in self.steps
            if one.kind == "milestone"
        ]
        noted = [f"{quote(one.title)}, {on(one)}: {said(one)}." for one in self.steps if one.kind == "progress"]
        return [*reached, *noted, *self._felt(GLAD)][:MOST]

    def challenges(self) -> list[str]:
        return self._felt(HEAVY)[:MOST]

    def _felt(self, known: frozenset[str]) -> list[str]:
        found = [entry for entry in self.entries[::-1] if entry.mood in known]
        return [f"{quote(entry.title)}, {on(entry)} ({entry.mood}): {said(entry)}." for entry in found]

    def advice(self) -> list[str]:
        """Each step tied to something above."""
        goal = next((goal for goal in self.goals if goal.is_open and goal.fields.get("next")), None)
        next_ = quote(str(goal.fields["next"])) if goal else ""
        told = (
            [f"For {quote(goal.title)}: pick a day for {next_} and put its first ten minutes in your calendar."]
            if goal
            else []
        )
        heavy = next((theme for theme in self.themes if theme.leaning == "heavy"), None)
        glad = next((theme for theme in self.themes if theme.leaning == "glad"), None)
        told += (
            [f"Choose one thing about {heavy.name} that is yours to change, and change it this week."] if heavy else []
        )
        told += [f"Make room for {glad.name} before the week fills up: it went with your better days."] if glad else []
        hard = next((entry for entry in self.entries[::-1] if entry.mood in HEAVY), None)
        told += (
            [f"Give {quote(hard.title)} ten minutes on paper: what in it is yours to change?"]
            if hard and not heavy
            else []
        )
        return told

    def on_goal(self) -> str:
        """The state of the first goal, its last note, what helps and what is in the way."""
        notes = sorted((one for one in self.steps if one.kind == "progress"), key=lambda note: str(note.when))[-1:]
        told = [f"Your last note says, on {on(note)}: {said(note)}." for note in notes]
        good = next((entry for entry in self.entries[::-1] if entry.mood in GLAD), None)
        hard = next((entry for entry in self.entries[::-1] if entry.mood in HEAVY), None)
        told += [f"What helps shows in your entry of {on(good)}: {said(good)}."] if good else []
        told += [f"What is in the way shows on {on(hard)}: {said(hard)}."] if hard else []
        return " ".join([*map(self.standing, self.goals[:1]), *told])


def on(thing: Thing) -> str:
    return short_day(thing.when) if thing.when else "an unknown day"


def said(thing: Thing) -> str:
    return thing.best_sentence()


def moods(entries: Sequence[Thing], known: frozenset[str]) -> str:
    return joined(unique(entry.mood for entry in entries if entry.mood in known)[-4:])


def pattern(theme: Theme) -> str:
    told = f"**{capital(theme.name)}** came up in {len(theme.entries)} entries ({theme.days})"
    if theme.leaning == "heavy":
        return f"{told}, mostly on heavy days: {moods(theme.entries, HEAVY)}."
    return f"{told}, mostly on good days: {moods(theme.entries, GLAD)}." if theme.leaning else f"{told}."


def counted(things: Sequence[Thing]) -> str:
    """How many of each kind, and how they stand: ``2 actions: 1 in progress and 1 not started.``"""
    told = []
    for kind in ("goal", "strategy", "action", "issue"):
        found = [thing for thing in things if thing.kind == kind]
        if not found:
            continue
        states = Counter(thing.status for thing in found if thing.status)
        many = f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"
        each = joined([f"{number} {state}" for state, number in states.items()])
        told.append(f"{len(found)} {kind if len(found) == 1 else many}{f': {each}' if each else ''}")
    figures = [f"{thing.title} is at {thing.figure}" for thing in things if thing.kind == "measure" and thing.figure]
    return ". ".join([*([joined(figures[:4])] if figures else []), *told])


def summary(material: Material) -> str:
    """What was said, after what is known already, in the person's own words."""
    told = [quote(sentence, 120) for text in material.said for sentence in sentences(text)[:1]]
    known = material.grounding.subject.strip()
    return " ".join(part for part in (known, f"The person said {joined(told[-12:])}." if told else "") if part)
