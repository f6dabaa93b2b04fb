"""The coach's answer to a turn: a reflection, what is known, a small step, and an open question."""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from app.llm.offline import phrases
from app.llm.offline.answers import digested, direct_answer
from app.llm.offline.facts import brief as brief_text
from app.llm.offline.facts import day, due, mood, newest, open_goals, overlap, ranked, said, state, state_again
from app.llm.offline.mirror import quote, reflection
from app.llm.offline.reading import Document, Reading
from app.llm.offline.review import sections
from app.llm.offline.safety import safe_reply
from app.llm.offline.words import content, fresh, is_english, stem, turned, words

GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening)|howdy)(?: there| coach)?\W*$"
    r"|^(?:please )?(?:begin|start|open) (?:the|this|our|a) (?:conversation|session|chat)\b",
    re.I,
)
SHORT = (
    (re.compile(r"^\W*(?:thanks?|thank you|thx|cheers)\b", re.I), phrases.THANKS),
    (re.compile(r"^\W*(?:yes|yeah|yep|sure|ok|okay|right|exactly|good|fine)\b", re.I), phrases.NODS),
    (re.compile(r"^\W*(?:no|nope|nah|not really)\b", re.I), phrases.SHAKES),
    (re.compile(r"(?:don'?t know|not sure|no idea|maybe)", re.I), phrases.UNSURE),
)
CRITIC = re.compile(
    r"\b(?:not|n't|aren't|isn't|never) (?:really )?help(?:ful|ing)?\b|\buseless\b|\bstupid (?:answer|bot|coach)", re.I
)
# What has not happened: it was denied, is wished for, or asked about.
UNHAPPENED = re.compile(
    r"\b(?:not|never|\w+n't|want|hard|fail|help me)|\b(?:how|what) (?:can|could|do|should|would) i\b", re.I
)
SLIDES = "are being made beside this conversation"  # in a prompt
NEAR = 2  # shared words that make a goal the matter of a message; a title's word counts double


def reply(reading: Reading, seed: int = 0) -> str:
    return (
        digested(reading, seed)
        or sections(reading, seed)
        or safe_reply(reading.said)
        or direct_answer(reading, seed)
        or Turn(reading, seed).text()
    )


@dataclass(frozen=True)
class Turn:
    """One answer in the making. Everything it picks depends on the seed and on the conversation so far."""

    reading: Reading
    seed: int

    def text(self) -> str:
        first = joined([self.finding()] if self.answered else [self.opening(), self.feeling(), self.earlier()])
        second = joined([self.goal_lines(), self.journal_lines()]) if self.has_records else self.slides()
        step = self.step(first + second)
        blocks = (first, second, joined([step, self.question(first + second + step)]))
        return "\n\n".join(block for block in blocks if block)

    @property
    def answered(self) -> bool:
        """Whether a tool has just answered."""
        return bool(self.reading.conversation) and self.reading.conversation[-1].role == "tool"

    @property
    def has_records(self) -> bool:
        """Whether this product keeps goals and a journal, be they empty: one without never speaks of them."""
        return bool(self.reading.coach or self.reading.documents)

    def slides(self) -> str:
        return self.pick(phrases.SLIDES) or phrases.SLIDES[0] if SLIDES in self.reading.prompt else ""

    def pick(self, options: tuple[str, ...], **values: str) -> str:
        """An option that this conversation hasn't heard yet; none when it heard them all."""
        chosen = fresh(options, self.reading.replies, self.seed, self.tone, *self.reading.said, options[0])
        return chosen.format(**values)

    @cached_property
    def near(self) -> frozenset[str]:
        return content(self.reading.latest)

    @cached_property
    def tone(self) -> str:
        return self.reading.style if self.reading.style in phrases.STYLES else "supportive"

    @cached_property
    def goal(self) -> Document | None:
        """The open goal nearest to the last message, else to the one before, else the first."""
        goals = [goal for goal in open_goals(self.reading) if goal.title]
        for near in self.matters:
            best = ranked(goals, near)[:1]
            if best and overlap(best[0], near) >= NEAR:
                return best[0]
        return goals[0] if goals else None

    @cached_property
    def matters(self) -> list[frozenset[str]]:
        """What the last messages were about, the newest first."""
        return [content(text) for text in reversed(self.reading.said[-4:])]

    @cached_property
    def aside(self) -> bool:
        """Whether the person tells of something that no goal is about."""
        if self.goal is None or not self.clause or "?" in self.reading.latest:
            return False
        return all(overlap(self.goal, near) < NEAR for near in self.matters)

    @cached_property
    def clause(self) -> str:
        return reflection(self.reading.latest) if is_english(self.reading.latest) else ""

    def opening(self) -> str:
        latest = self.reading.latest
        if not latest or GREETING.match(latest):
            return self.pick(phrases.GREETINGS, name=f" I'm {self.reading.coach}." if self.reading.coach else "")
        if CRITIC.search(latest):
            return self.pick(phrases.CRITIC)
        if len(words(latest)) <= 4:
            return self.short(latest)
        if not is_english(latest):
            return self.foreign()
        if self.clause:
            return self.pick(phrases.OPENINGS[self.tone], clause=self.clause) or f"So {self.clause}."
        return self.pick(phrases.QUOTED, quote=quote(latest)) or f"You wrote {quote(latest)}."

    def short(self, latest: str) -> str:
        if not words(latest):
            return self.pick(phrases.UNSURE)
        for pattern, options in SHORT:
            if pattern.search(latest):
                return self.pick(options)
        if self.clause:
            return self.pick(phrases.OPENINGS[self.tone], clause=self.clause)
        quotable = is_english(latest) or (latest.isascii() and len(words(latest)) < 3)
        return self.pick(phrases.QUOTED, quote=quote(latest)) if quotable else self.foreign()

    def foreign(self) -> str:
        """In their order: the first of them explains."""
        return next((line for line in phrases.FOREIGN if line not in self.reading.replies), "")

    def feeling(self) -> str:
        if self.tone == "direct":
            return ""
        for name, (signs, lines) in phrases.FEELINGS.items():
            fits = name in phrases.LOW or not UNHAPPENED.search(self.reading.latest)
            if fits and signs & {stem(word) for word in words(self.reading.latest)}:
                return self.pick(lines)
        return ""

    def earlier(self) -> str:
        """What was said before this message and not yet given back."""
        told = [c for text in self.reading.said[:-1] if is_english(text) and (c := reflection(text))]
        unsaid = [clause for clause in told if f"that {clause}" not in self.reading.replies and clause != self.clause]
        if unsaid:
            return self.pick(phrases.EARLIER, clause=unsaid[-1])
        if self.reading.summary and len(self.reading.said) < 2:
            return self.pick(phrases.REMEMBERED, quote=quote(self.reading.summary, 24))
        return ""

    def finding(self) -> str:
        """What a tool just brought, in a few sentences."""
        text = brief_text(tool_text(self.reading.conversation[-1].content))
        return self.pick(phrases.FOUND, finding=text) or text if text else phrases.FOUND_NOTHING

    def goal_lines(self) -> str:
        if self.goal is None:
            return "" if self.reading.of("journal") else self.pick(phrases.NO_DATA)
        known = self.goal.title in self.reading.replies
        near = phrases.GOAL_NEAR if overlap(self.goal, self.near) >= NEAR else phrases.GOAL_FAR
        now = state_again(self.goal, self.reading.replies.count(f"“{self.goal.title}”")) if known else state(self.goal)
        line = self.pick(phrases.GOAL_AGAIN if known else near, goal=f"“{self.goal.title}”", state=now)
        line = line or f"“{self.goal.title}”: {state(self.goal)}."
        if self.aside or not self.goal.next or self.goal.next in self.reading.replies:
            return line
        return f"{line} {self.pick(phrases.NEXT_UP, next=f'“{self.goal.next}”', due=due(self.goal))}".strip()

    def is_of_goal(self, note: Document) -> bool:
        return self.goal is None or note.title == self.goal.title

    def journal_lines(self) -> str:
        """The journal line, or the note on this very goal, that lies nearest and wasn't quoted before."""
        near = self.near | (content(self.goal.title) if self.goal else frozenset())
        told = newest(self.reading.of("journal", "progress"))
        kept = [d for d in told if d.date and d.body and (d.kind == "journal" or self.is_of_goal(d))]
        new = [d for d in kept if said(d, near) not in self.reading.replies]
        if not new:
            return ""
        best = ranked(new, near)[0]
        if best.kind == "progress":
            return self.pick(phrases.NOTES, date=day(best.date), quote=said(best, near))
        return self.pick(phrases.JOURNAL, date=day(best.date), quote=said(best, near), mood=mood(best))

    def topics(self) -> tuple[str, ...]:
        """The kinds of step and question that fit, the most concrete first."""
        if self.goal is None:
            return ("start",)
        if self.aside:
            return ("open", "goal")
        return ("next", "goal") if self.goal.next else ("goal",)

    def values(self, text: str) -> dict[str, str]:
        """The goal and its next milestone by name, or as "this goal" where the text before has named them."""
        if self.goal is None:
            return {}
        goal, milestone = f"“{self.goal.title}”", f"“{self.goal.next}”"
        return {
            "goal": "this goal" if goal in text else goal,
            "next": "that milestone" if milestone in text else milestone,
        }

    def step(self, before: str) -> str:
        for topic in self.topics():
            step = self.pick(phrases.STEPS[topic], **self.values(before))
            if step:
                return f"{turned(phrases.LEADS[self.tone], self.seed, *self.reading.said)[0]} {step}"
        return ""

    def question(self, before: str) -> str:
        """One open question, about the goal on every other turn; the conversation never hears it twice."""
        topic = "goal" if self.goal else "start"
        broad = self.aside or len(self.reading.said) % 2 == 0
        for kind in ("open", topic) if broad else (topic, "open"):
            question = self.pick(phrases.QUESTIONS[kind], **self.values(before))
            if question:
                return question
        return ""


def joined(parts: list[str]) -> str:
    return " ".join(part for part in parts if part)


def tool_text(raw: str) -> str:
    """What a tool's answer says in words: its text, or the first text that its JSON holds."""
    try:
        value = json.loads(raw)
    except ValueError:
        return raw.strip()
    return spoken(value)


def spoken(value: object) -> str:
    if isinstance(value, list):
        return spoken(value[0]) if value else ""
    if not isinstance(value, dict):
        return "" if value is None else str(value)
    if value.get("error"):
        return ""
    keys = ("summary", "extract", "content", "text", "message", "title")
    inner = next((value[key] for key in keys if value.get(key)), None)
    return spoken(inner if inner is not None else next(iter(value.values()), ""))
