"""What documents show: goals and where they stand, what comes up again, what was good and what was hard."""

from collections import Counter
from collections.abc import Sequence

from app.llm.offline.lexicon import GLAD, HEAVY, REVIEW
from app.llm.offline.material import Material
from app.llm.offline.things import Theme, Thing, themes
from app.llm.offline.words import bare, capital, day, joined, quote, sentences, unique

MOST = 4


class Review:
    def __init__(self, material: Material) -> None:
        self.material = material
        self.goals = material.goals
        self.entries = sorted(material.entries, key=lambda entry: str(entry.when))
        self.themes = themes(self.entries)

    def text(self) -> str:
        """Under the headings that were asked for, else in paragraphs."""
        outline = self.material.grounding.outline
        if not outline:
            return self.paragraphs()
        return "\n\n".join(f"## {heading}\n\n{self._section(heading.lower())}" for heading in outline)

    def _section(self, name: str) -> str:
        if name not in REVIEW:
            return self.opening()
        return "\n".join(f"- {line}" for line in getattr(self, name)()[:MOST]) or REVIEW[name]

    def patterns(self) -> list[str]:
        return list(map(pattern, self.themes))

    def paragraphs(self) -> str:
        patterns = " ".join(map(pattern, self.themes[:2])).replace("**", "")
        hard = "".join(f"What deserves attention: {text}" for text in self.challenges()[:1])
        steps = "\n".join(f"- {step}" for step in self.recommendations()[:3])
        parts = (" ".join(map(standing, self.goals[:3])), f"{self.opening()} {patterns}", hard, steps)
        return "\n\n".join(part.strip() for part in parts if part.strip())

    def opening(self) -> str:
        """How often, what about, from where to where, in which mood."""
        if not self.entries:
            return "You wrote nothing in this time, so there is little to look back on yet."
        about = joined([theme.name for theme in self.themes[:3]])
        told = f"{self._counts()}{f', and what came up most was {about}' if about else ''}."
        first, last = self.entries[0], self.entries[-1]
        began, led = f"{quote(first.title)} on {first.day}", f"{quote(last.title)} on {last.day}"
        arc = f"It began with {began} and led to {led}: {last.best_sentence()}."
        arc = arc if first is not last else f"On {first.day} you wrote {first.best_sentence()}."
        return " ".join(unique([told, arc, self._moods()]))

    def _counts(self) -> str:
        facts = self.material.facts
        count = facts.get("entries_in_the_week", len(self.entries))
        days = facts.get("days_written", len({entry.when for entry in self.entries}))
        is_of_one_goal = len(self.goals) == 1 and "days_written" not in facts
        matter = f" that speak{'s' * (count == 1)} of {quote(self.goals[0].title)}" if is_of_one_goal else ""
        return f"You wrote {count} {'entry' if count == 1 else 'entries'} on {days} day{'s' * (days != 1)}{matter}"

    def _moods(self) -> str:
        light, heavy = (moods(self.entries, known) for known in (GLAD, HEAVY))
        if light and heavy:
            return f"Lighter days ({light}) stood beside heavier ones ({heavy})."
        told = f"The mood that you noted was {'light' if light else 'heavy'}: {light or heavy}."
        return told if light or heavy else ""

    def wins(self) -> list[str]:
        done = [one for one in self.material.documents if one.kind == "milestone"]
        reached = [f"{bare(one.detail)}, on {one.day}, for {quote(one.title)}." for one in done]
        noted = [f"{quote(one.title)}, {one.day}: {one.best_sentence()}." for one in self._notes()]
        return [*reached, *noted, *map(felt, self._of_mood(GLAD))]

    def challenges(self) -> list[str]:
        return list(map(felt, self._of_mood(HEAVY)))

    def _of_mood(self, known: frozenset[str]) -> list[Thing]:
        return [entry for entry in reversed(self.entries) if entry.mood in known]

    def _notes(self) -> list[Thing]:
        return [one for one in self.material.documents if one.kind == "progress"]

    def recommendations(self) -> list[str]:
        """Each step tied to something above."""
        goals = [goal for goal in self.goals if goal.is_open and goal.next][:1]
        step = "pick a day for {} and put its first ten minutes in your calendar"
        told = [f"For {quote(goal.title)}: {step.format(quote(goal.next))}." for goal in goals]
        heavy = [theme.name for theme in self.themes if theme.leaning == "heavy"][:1]
        glad = [theme.name for theme in self.themes if theme.leaning == "glad"][:1]
        told += [f"Choose one thing about {name} that is yours to change, and change it this week." for name in heavy]
        told += [f"Make room for {name} before the week fills up: it went with your better days." for name in glad]
        hard = [] if heavy else self._of_mood(HEAVY)[:1]
        return told + [f"Give {quote(one.title)} ten minutes on paper: what in it is yours to change?" for one in hard]

    def on_goal(self) -> str:
        """The state of the first goal, its last note, what helps and what is in the way."""
        notes = sorted(self._notes(), key=lambda note: str(note.when))
        shown = (
            ("Your last note says, on", notes[-1:]), ("What helps shows in your entry of", self._of_mood(GLAD)[:1]),
            ("What is in the way shows on", self._of_mood(HEAVY)[:1]),
        )  # fmt: skip
        told = [f"{head} {one.day}: {one.best_sentence()}." for head, found in shown for one in found]
        return " ".join([*map(standing, self.goals[:1]), *told])


def standing(goal: Thing) -> str:
    if not goal.is_open:
        return f"{quote(goal.title)} is {goal.status}."
    done, total = sum(is_done for is_done, _ in goal.steps), len(goal.steps)
    counted = f" with {done} of {total} milestones done" if total else ""
    due = f", due {day(goal.next_due, '')}" if goal.next_due else ""
    step = f", and {quote(goal.next)} comes next{due}" if goal.next else ""
    return f"{quote(goal.title)} is at {goal.progress or '0%'}{counted}{step}."


def felt(entry: Thing) -> str:
    return f"{quote(entry.title)}, {entry.day} ({entry.mood}): {entry.best_sentence()}."


def moods(entries: Sequence[Thing], known: frozenset[str]) -> str:
    return joined(unique(entry.mood for entry in entries if entry.mood in known)[-4:])


def pattern(theme: Theme) -> str:
    told = f"**{capital(theme.name)}** came up in {len(theme.entries)} entries ({theme.days})"
    if theme.leaning == "heavy":
        return f"{told}, mostly on heavy days: {moods(theme.entries, HEAVY)}."
    return f"{told}, mostly on good days: {moods(theme.entries, GLAD)}." if theme.leaning else f"{told}."


def counted(things: Sequence[Thing]) -> str:
    """How many of each kind, and how they stand: ``2 actions: 1 in progress and 1 not started.``"""
    figures = [f"{thing.title} is at {thing.figure}" for thing in things if thing.kind == "measure" and thing.figure]
    told = [joined(figures[:4])] if figures else []
    for kind, many in (("goal", "goals"), ("strategy", "strategies"), ("action", "actions"), ("issue", "issues")):
        found = [thing for thing in things if thing.kind == kind]
        states = Counter(thing.status for thing in found if thing.status)
        each = joined([f"{number} {state}" for state, number in states.items()])
        told += [f"{len(found)} {kind if len(found) == 1 else many}{f': {each}' if each else ''}"] if found else []
    return ". ".join(told)


def summary(material: Material) -> str:
    """What was said, after what is known already, in the person's own words."""
    told = [quote(sentence, 120) for text in material.said for sentence in sentences(text)[:1]]
    known = material.grounding.subject.strip()
    return " ".join(part for part in (known, f"The person said {joined(told[-12:])}." if told else "") if part)
