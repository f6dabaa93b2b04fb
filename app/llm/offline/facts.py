"""Sentences about what was retrieved: goals, milestones, journal lines, notes."""

import re
from collections.abc import Sequence

from app.llm.offline.mirror import quote
from app.llm.offline.phrases import MONTHS
from app.llm.offline.reading import Document, Reading
from app.llm.offline.words import content, sentences, shorten, table

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
LISTED = 8  # lines of a list; the rest is counted
ASKING = table("goal journal writ wrot progress entry list show tell work say said note feel far go well summary")


def day(date: str) -> str:
    """``2026-11-18`` as a person says it; anything else as it came."""
    found = ISO.match(date)
    if not found or not 1 <= int(found.group(2)) <= 12:
        return date
    return f"{int(found.group(3))} {MONTHS[int(found.group(2)) - 1]} {found.group(1)}"


def steps_done(goal: Document) -> str:
    done = sum(step.done for step in goal.milestones)
    count = len(goal.milestones)
    return f"{done} of {count} milestone{'s' if count > 1 else ''} done" if count else ""


def state(goal: Document) -> str:
    """How a goal stands, as words that can follow its name and a comma."""
    steps = steps_done(goal)
    if goal.done:
        return "which you have already completed"
    if goal.progress:
        return f"now at {goal.progress}%" + (f" with {steps}" if steps else "")
    status = goal.status.replace("_", " ").lower()
    return f"with {steps}" if steps else f"currently {status}" if status else "which is still open"


def state_again(goal: Document, times: int) -> str:
    """The same from another side, for a goal that was named ``times`` before."""
    sides = [
        f"at {goal.progress}%" if goal.progress else "",
        f"with {day(goal.target)} as its target" if goal.target else "",
        f"with “{goal.next}” ahead" if goal.next else "",
    ]
    known = [side for side in sides if side]
    return known[times % len(known)] if known and not goal.done else state(goal)


def due(goal: Document) -> str:
    """The date of the goal's next milestone, as an apposition."""
    date = next((step.due for step in goal.milestones if step.title == goal.next), "")
    return f", due {day(date)}" if date else ""


def mood(entry: Document) -> str:
    return f", and you marked the mood as {entry.mood.lower()}" if entry.mood else ""


def goal_line(goal: Document) -> str:
    status = goal.status.replace("_", " ").lower()
    parts = [
        status,
        f"{goal.progress}%" if goal.progress else "",
        steps_done(goal),
        f"next: “{goal.next}”{due(goal)}" if goal.next and not goal.done else "",
        f"target {day(goal.target)}" if goal.target else "",
    ]
    told = "; ".join(part for part in parts if part)
    return f"- “{goal.title}”" + (f": {told}" if told else "")


def journal_line(entry: Document, near: frozenset[str] = frozenset()) -> str:
    mark = f" ({entry.mood.lower()})" if entry.mood else ""
    return f"- {day(entry.date) or 'Undated'}{mark}: {said(entry, near)}"


def said(entry: Document, near: frozenset[str] = frozenset()) -> str:
    """The entry's sentence that lies nearest to the words in ``near``, quoted."""
    lines = [line for line in sentences(entry.body) if len(line) > 3] or [entry.title]
    return quote(max(lines, key=lambda line: len(content(line) & near)), 22)


def listed(lines: Sequence[str]) -> str:
    rest = len(lines) - LISTED
    more = [f"- and {rest} more"] if rest > 0 else []
    return "\n".join([*lines[:LISTED], *more])


def ranked(documents: Sequence[Document], near: frozenset[str]) -> list[Document]:
    """Nearest to the words first; as retrieved where none is nearer."""
    return sorted(documents, key=lambda document: -overlap(document, near))


def overlap(document: Document, near: frozenset[str]) -> int:
    return 2 * len(content(document.title) & near) + len(content(f"{document.text} {document.mood}") & near)


def asked_about(documents: Sequence[Document], question: str) -> list[Document]:
    """Those that the question names; all of them when it names none."""
    return [d for d in documents if overlap(d, matter(question))] or list(documents)


def matter(question: str) -> frozenset[str]:
    """What a question is about, apart from being a question."""
    return content(question) - ASKING


def newest(documents: Sequence[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.date, reverse=True)


def open_goals(reading: Reading) -> list[Document]:
    goals = reading.of("goal")
    return [goal for goal in goals if not goal.done] or list(goals)


def brief(text: str, limit: int = 60) -> str:
    """The first sentences of a text, at most ``limit`` words."""
    return shorten(" ".join(sentences(text)[:3]), limit)
