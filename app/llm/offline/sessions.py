"""Coaching sessions: a greeting for the topic, one question at a time, a sum now and then, and an honest result."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.llm.interfaces import Request
from app.llm.offline import questions
from app.llm.offline.coach import Turn, joined
from app.llm.offline.harvest import RESULTS, found, has_said
from app.llm.offline.mirror import quote, reflection
from app.llm.offline.reading import Reading
from app.llm.offline.safety import safe_reply
from app.llm.offline.words import is_english

FEATURE = "coaching."
TURN = "coach_message"
BACK = re.compile(r"^Hello again, I am back\b")
LAST = re.compile(r"\bThis was the last message\b")
FINISH = re.compile(
    r"\b(?:(?:let'?s|let us|i'd like to|i would like to|can we|could we|please|ready to) "
    r"(?:finish|stop|end|wrap up|close|complete)"
    r"(?: (?:here|now|this|it|(?:the|this|our) (?:session|conversation|coaching)))?"
    r"|that'?s (?:all|it|everything)|that is (?:all|it|everything)|(?:i'?m|i am|we'?re|we are) (?:done|finished)"
    r"|nothing (?:more|else) to (?:add|say))(?=\s*(?:$|[.!,?]))",
    re.I,
)
SUM_EVERY = 3  # messages
ENOUGH = 2  # messages from which a result can be made


def session_text(request: Request, reading: Reading, seed: int) -> str:
    """The greeting or the welcome of a session, empty for any other request."""
    topic_id = request.caller.feature.removeprefix(FEATURE)
    if request.schema is not None or topic_id not in questions.OPENINGS:
        return ""
    return Practice(topic_id, reading, seed).welcome()


def session_data(request: Request, reading: Reading, seed: int) -> dict[str, Any] | None:
    """A turn of a session, or its result; None for any other request."""
    topic_id = request.caller.feature.removeprefix(FEATURE)
    if topic_id not in questions.OPENINGS:
        return None
    practice = Practice(topic_id, reading, seed)
    return practice.turn() if request.schema_name == TURN else practice.result(reading.said[:-1])


@dataclass(frozen=True)
class Practice:
    topic_id: str
    reading: Reading
    seed: int = 0

    def welcome(self) -> str:
        """Who comes back is told where the conversation stood."""
        if not self.reading.said or not BACK.match(self.reading.said[-1]):
            return self.greeting()
        told = self.reading.said[:-1]
        stood = f"Last time you said {quote(told[-1])}." if told else "We have only just begun."
        return f"Welcome back! {stood}\n\n{self.question(len(told)) if told else self.first()}"

    def greeting(self) -> str:
        return f"{questions.OPENINGS[self.topic_id].format(whose=self.whose)}\n\n{self.first()}"

    def first(self) -> str:
        return questions.FIRST[self.topic_id].format(who=self.company or "your organization")

    @cached_property
    def company(self) -> str:
        """By what the caller says, else by what is on record."""
        context = self.reading.data.get("context")
        known = context if isinstance(context, dict) else {}
        names = [known.get(key) for key in ("business_name", "businessName", "company_name", "companyName")]
        named = next((name for name in [*names, self.reading.data.get("company_name")] if name), "")
        return " ".join(str(named).split())[:80]

    @property
    def whose(self) -> str:
        return f"of {self.company}" if self.company else "of your organization"

    def turn(self) -> dict[str, Any]:
        told = self.reading.said
        danger = safe_reply(told)
        if danger:
            return self.open(danger)
        if FINISH.search(told[-1]) and len(told) > ENOUGH:
            return {"message": self.farewell(meant(told)), "is_final": True, "result": self.result(told)}
        asked = questions.LAST if LAST.search(self.reading.prompt) else self.question(len(told))
        return self.open(f"{joined([self.heard(), self.sum(told)])}\n\n{asked}".strip())

    def open(self, message: str) -> dict[str, Any]:
        return {"message": message, "is_final": False, "result": None}

    def heard(self) -> str:
        """What was just said, in the person's own words."""
        latest = self.reading.latest
        clause = reflection(latest) if is_english(latest) else ""
        if clause.startswith("when "):
            return f"You told me of the moment {clause}."
        return Turn(self.reading, self.seed).opening()

    def sum(self, told: Sequence[str]) -> str:
        """What has become clear so far, every few answers."""
        names = found(self.topic_id, told)
        if len(told) % SUM_EVERY or not names:
            return ""
        return f"So far this has become clear: {listed(names)}."

    def question(self, place: int) -> str:
        """The one whose turn it is, or the next that was not asked yet."""
        known = questions.DEEPER[self.topic_id]
        options = [*known[(place - 1) % len(known) :], *known]
        return next((one for one in options if one not in self.reading.replies), options[0])

    def farewell(self, told: Sequence[str]) -> str:
        names = found(self.topic_id, told)
        named = f" What you found: {listed(names)}." if names else ""
        return f"Thank you for this conversation.{named} I have written it down, in your own words where I could."

    def result(self, told: Sequence[str]) -> dict[str, Any]:
        return RESULTS[self.topic_id](meant(told))


def meant(told: Sequence[str]) -> list[str]:
    """What was said on the matter."""
    return [text for text in told if has_said(text) and not FINISH.search(text)]


def listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
