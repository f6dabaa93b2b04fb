"""Answers to plain questions: what is on the list, what was written, how it goes, what we talked about."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.llm.offline import phrases
from app.llm.offline.facts import (
    asked_about,
    due,
    goal_line,
    journal_line,
    listed,
    matter,
    newest,
    open_goals,
    overlap,
    said,
    state,
)
from app.llm.offline.mirror import quote, reflection
from app.llm.offline.reading import Document, Reading
from app.llm.offline.review import Review
from app.llm.offline.words import fresh, is_english, shorten, turned

TITLE = re.compile(
    r"\btitle\b.{0,40}\b(?:conversation|session|chat)|\bname (?:this|the) (?:conversation|session|chat)", re.I
)
DIGEST = re.compile(
    r"\bsummar(?:y|i[sz]e|ise)\b.{0,60}\b(?:conversation|chat|session|dialogue|messages|far|talk)", re.I | re.S
)
MOST_WORDS = 120  # of the summary before
ENOUGH_TO_REVIEW = 3  # journal entries
DIGESTING = re.compile(
    r"\byou (?:keep|write|maintain|make|update)\b.{0,30}\bsummary\b.{0,30}\bconversation", re.I | re.S
)
JOURNAL = re.compile(
    r"\bwhat (?:did|have) i (?:\w+ )?(?:write|written|journal|journaled|say|said|note|noted)\b"
    r"|\bwhen (?:was|did|have) i\b"
    r"|\b(?:show|list|read|see|what'?s in|what is in)\b.{0,25}\bjournal|\bjournal entries\b",
    re.I,
)
PROGRESS = re.compile(
    r"\bhow am i (?:doing|progressing|getting on|coming along)|\bmy progress\b|\bhow far (?:am i|have i|along)"
    r"|\bam i on track\b"
    r"|\bhow (?:is|are) (?:my|the) .{1,60}(?:going|coming along|progressing)",
    re.I,
)
REACHED = re.compile(
    r"^(?!.*(?:\bnot\b|n't\b)).*\b(?:what|which)\b.{0,40}\bi\b.{0,20}"
    r"\b(?:completed|finished|achieved|accomplished|reached)\b",
    re.I | re.S,
)
GOALS = re.compile(
    r"\b(?:what|which|list|show|tell me|remind me)\b.{0,30}\bgoals?\b(?!.{0,20}\b(?:should|could|would)\b)", re.I
)
UPCOMING = re.compile(
    r"\bwhat(?:'s| is| comes| are)? (?:my |the )?next\b|\bwhat (?:should|can|could) i "
    r"(?:do|focus on|work on|tackle|start with)(?: next| now| first| today| this week)?\W*$",
    re.I,
)
ABOUT = re.compile(
    r"\b(?:who|what) are you\b|\bhow do you work\b|\bare you (?:an? )?(?:ai|bot|human|real|robot|person)\b", re.I
)
OVERVIEW = re.compile(
    r"\binsights?\b|\boverview\b|\brecap\b|\bsummar(?:y|i[sz]e)\b|\b(?:review|reflect on) my (?:week|month|day)", re.I
)


@dataclass(frozen=True)
class Asked:
    """A question for facts, and what there is to answer it from."""

    reading: Reading
    text: str
    seed: int


def direct_answer(reading: Reading, seed: int) -> str:
    """The facts, when the last message asks for facts; nothing otherwise."""
    last = reading.conversation[-1] if reading.conversation else None
    if last is None or last.role != "user":
        return ""
    found = next((answer for pattern, answer in ANSWERS if pattern.search(last.content)), None)
    return found(Asked(reading, last.content, seed)) if found else ""


def digested(reading: Reading, seed: int) -> str:
    """The running summary, when the prompt makes the coach its keeper."""
    return digest(Asked(reading, "", seed)) if DIGESTING.search(reading.prompt) else ""


def closing(asked: Asked) -> str:
    return fresh(phrases.LISTED_QUESTIONS, asked.reading.replies, asked.seed, *asked.reading.said)


def joined(*paragraphs: str) -> str:
    return "\n\n".join(part for part in paragraphs if part)


def goals(asked: Asked) -> str:
    found = asked.reading.of("goal")
    if not found:
        return "You don't have any goals written down yet.\n\n" + phrases.QUESTIONS["start"][0]
    head = "You have one goal here:" if len(found) == 1 else f"You have {len(found)} goals here:"
    return joined(head, listed([goal_line(goal) for goal in sorted(found, key=_is_done)]), closing(asked))


def reached(asked: Asked) -> str:
    done = [goal for goal in asked.reading.of("goal") if goal.done]
    if not done:
        return joined("I see no completed goal among yours yet.", goals(asked))
    head = "You have completed this goal:" if len(done) == 1 else f"You have completed {len(done)} goals:"
    return joined(head, listed([goal_line(goal) for goal in done]), "What helped you to get there?")


def _is_done(goal: Document) -> bool:
    return goal.done


def journal(asked: Asked) -> str:
    entries = asked_about(newest(asked.reading.of("journal")), asked.text)
    if not entries:
        return joined("I don't find any journal entries yet.", "What would you write down if you took two minutes now?")
    head = "This is what I find in your journal:" if len(entries) > 1 else "I find one entry for this:"
    near = matter(asked.text)
    if near and not any(overlap(entry, near) for entry in entries):
        head = "Your journal doesn't mention that in so many words. This is what it holds:"
    return joined(head, listed([journal_line(entry, near) for entry in entries]), closing(asked))


def progress(asked: Asked) -> str:
    found = asked_about(asked.reading.of("goal"), asked.text)
    if not found:
        return goals(asked)
    notes = [note for note in newest(asked.reading.of("progress")) if note.title in {goal.title for goal in found}]
    written = "Your latest notes:\n" + listed([journal_line(note) for note in notes[:3]]) if notes else ""
    lines = listed([goal_line(goal) for goal in found])
    return joined("Here is where you stand:", lines, written, verdict(found), closing(asked))


def verdict(found: Sequence[Document]) -> str:
    """One sentence on the whole, from numbers only."""
    moving = [goal for goal in found if not goal.done and goal.progress.replace(".", "", 1).isdigit()]
    if len(moving) < 2:
        return ""
    ahead = max(moving, key=lambda goal: float(goal.progress))
    behind = min(moving, key=lambda goal: float(goal.progress))
    if ahead.progress == behind.progress:
        return f"They move at the same pace, each at {ahead.progress}%."
    return f"“{ahead.title}” is furthest along, while “{behind.title}” has the most room to move."


def upcoming(asked: Asked) -> str:
    """The next milestones of the goals that the question names."""
    found = [goal for goal in asked_about(open_goals(asked.reading), asked.text) if goal.next and not goal.done]
    if not found:
        return ""
    lines = [f"- “{goal.title}”, {state(goal)}: “{goal.next}”{due(goal)}" for goal in found]
    head = "This is what comes next:" if len(found) == 1 else "These are the next milestones on your goals:"
    first = turned(phrases.STEPS["next"], asked.seed, asked.text)[0].format(next=f"“{found[0].next}”")
    if len(found) == 1:
        return joined(head, lines[0], f"A way in: {first}", "What would help you to begin?")
    return joined(head, listed(lines), f"I'd begin with the first: {first}", closing(asked))


def about(asked: Asked) -> str:
    name = f"{asked.reading.coach}, " if asked.reading.coach else ""
    return joined(phrases.SELF.format(name=name), fresh(phrases.QUESTIONS["start"], asked.reading.replies, asked.seed))


def recap(asked: Asked) -> str:
    """What the person said so far, told to the person."""
    told = [quote(text, 20) for text in asked.reading.said if not DIGEST.search(text)]
    if not told:
        return joined("We have only just begun.", phrases.QUESTIONS["start"][0])
    return joined("So far you told me:", listed([f"- {line}" for line in told[-6:]]), closing(asked))


def overview(asked: Asked) -> str:
    """A look at everything retrieved, in prose."""
    if not asked.reading.documents:
        return ""
    if len(asked.reading.of("journal")) >= ENOUGH_TO_REVIEW:
        return joined(Review(asked.reading, asked.seed).paragraphs(), closing(asked))
    known = [f"“{goal.title}”, {state(goal)}" for goal in asked_about(open_goals(asked.reading), asked.text)[:2]]
    first = f"Looking at what you have written, your attention is on {', and on '.join(known)}." if known else ""
    entries = newest(asked.reading.of("journal", "progress"))[:2]
    lines = [f"On {phrase}" for phrase in (dated(entry) for entry in entries)]
    ahead = next((goal.next for goal in open_goals(asked.reading) if goal.next), "")
    step = f"The nearest thing to act on is “{ahead}”: {phrases.STEPS['next'][0].format(next='it')}" if ahead else ""
    return joined(first, " ".join(lines), step, closing(asked))


def dated(entry: Document) -> str:
    line = journal_line(entry).removeprefix("- ")
    when, _, _ = line.partition(":")
    return f"{when} you wrote {said(entry)}."


def digest(asked: Asked) -> str:
    """The running summary of a conversation, in the third person, as memory rather than as an answer."""
    told = [text for text in asked.reading.said if not DIGEST.search(text)]
    if not told:
        return "Nothing has been said yet."
    lines = "; ".join(quote(text, 20) for text in told[-6:])
    goal = next((goal for goal in asked.reading.of("goal") if goal.title in asked.reading.replies), None)
    about = (
        f" The talk touched the goal “{goal.title}”, {state(goal).replace('you have', 'they have')}." if goal else ""
    )
    earlier = shorten(asked.reading.summary, MOST_WORDS)
    return f"{earlier} The person said: {lines}.{about}".strip()


def title(asked: Asked) -> str:
    told = [text for text in asked.reading.said if not TITLE.search(text)]
    clause = reflection(told[0]) if told and is_english(told[0]) else ""
    goal = next(iter(asked_about(asked.reading.of("goal"), told[0] if told else "")), None)
    if goal:
        return f"Working on {goal.title}"
    parts = (clause or (told[0] if told else "A first conversation")).split()[:6]
    return " ".join(parts).strip(" .,?!").capitalize()


Answering = Callable[[Asked], str]
ANSWERS: tuple[tuple[re.Pattern[str], Answering], ...] = (
    (TITLE, title),
    (DIGEST, recap),
    (ABOUT, about),
    (JOURNAL, journal),
    (REACHED, reached),
    (PROGRESS, progress),
    (GOALS, goals),
    (UPCOMING, upcoming),
    (OVERVIEW, overview),
)
