"""Answers that are made of the request's own data: what an interview shows, and slides about a topic."""

import html
import re
from collections import Counter
from typing import Any

from app.llm.interfaces import Request
from app.llm.offline.interview import OWN_WORDS
from app.llm.offline.words import STOP, content, sentences, stem, table, words

DATA = re.compile(r'<data name="([^"]+)">(.*?)</data>', re.DOTALL)
HEAVY = table("lost never bad wrong angri annoy stupid tir troubl cost throw sick break frustrat avoid hard")
ATTEMPTS = table("tri try tool switch spreadsheet app")
PHASES = (
    ("Opening", "Friendly and guarded", "🙂"), ("The story", "Rising frustration", "😤"),
    ("What it costs", "Weariness", "😔"), ("What was tried", "Doubt", "🤨"), ("Closing", "Careful hope", "🌱"),
)  # fmt: skip
ADDING = re.compile(r"\b(?:add|include|insert)\b", re.IGNORECASE)
SECTIONS = (
    (
        "Why {topic} matters", "What changes for you when it works.",
        ("What is at stake", "Who notices first", "What it costs to wait"),
    ),
    (
        "Where you stand", "An honest look before any plan.",
        ("What already works", "What gets in the way", "What you have tried"),
    ),
    (
        "First small steps", "Begin with what takes ten minutes.",
        ("Choose one fixed time", "Do the smallest version", "Write down how it went"),
    ),
    (
        "Keeping it going", "A rhythm beats a resolution.",
        ("Look back every Friday", "Change one thing at a time", "Tell somebody about it"),
    ),
)  # fmt: skip


def portrait(request: Request) -> dict[str, Any] | None:
    """The answer for a request of these names, None for any other."""
    made = {"interview_insights": _interview, "slides": _slides}.get(request.schema_name)
    return made(request) if made else None


def _interview(request: Request) -> dict[str, Any]:
    found = [(name, html.unescape(text)) for name, text in DATA.findall(request.messages[-1].content)]
    who = next((text for name, text in found if name == "customer"), "The customer")
    said = [line for name, text in found[1:] if name == "customer" for line in sentences(text) if len(line) > 12]
    said = said or ["Nothing was said."]
    heavy = [line for line in said if content(line) & HEAVY] or said
    own = [line for line in said if line not in OWN_WORDS] or said
    first, second = heavy[0], next((line for line in own if line != heavy[0]), heavy[-1])
    tried = [line for line in said if content(line) & ATTEMPTS] or said[::-1]
    name = who.partition(",")[0]
    return {
        "summary": f"{name} describes the same trouble from several sides. It shows most in the words “{first}” "
        "What was tried so far did not last.",
        "overallMood": "Tired but open", "moodEmoji": "😤→🌱", "topicCloud": _topics(own, said),
        "themes": [
            _theme("What keeps going wrong", heavy, "Frustration", "Control over the day"),
            _theme("What an ordinary day holds", own, "Weariness", "Room to breathe"),
            _theme("What was tried", tried, "Doubt", "Something that survives a bad week"),
        ],
        "humanInsights": _wishes(first),
        "contextualInsights": {
            "whenProblemFelt": [first], "triggersMoments": [second],
            "preventionBarriers": [
                "Whatever was tried took more effort than it saved", "A bad week breaks every new habit",
            ],
        },
        "opportunityMap": [
            f"“{first}” — explore what would have helped in that hour",
            "Tools are dropped after weeks — explore what survives a bad week",
            "Others notice first — explore how they could help",
        ],
        "emotionalJourney": [{"phase": phase, "emotion": emotion, "emoji": emoji} for phase, emotion, emoji in PHASES],
        "overallVerdict": "MAYBE", "confidenceScore": 35,
        "problemValidation": _judged(7, "Real for this person", "The trouble is told with places and costs."),
        "marketValidation": _judged(4, "Unknown", "One interview says nothing about how many there are."),
        "paymentValidation": _judged(3, "Not asked", "Money came up as a cost, not as something to spend."),
        "goodNews": ["The trouble is recent, concrete and repeated"],
        "badNews": ["Earlier attempts were dropped within weeks"],
        "executionChallenges": ["It has to work on the worst day, not on the best one"],
        "nextSteps": ["Talk to five more people of the same kind", "Ask each for the last time it happened"],
        "keyQuotes": list(dict.fromkeys([first, second])),
        "detailedAnalysis": f"{name} tells stories instead of opinions, which makes this believable: “{first}”\n\n"
        "What is missing is how often it happens elsewhere, and what somebody would give up to be rid of it.",
    }  # fmt: skip


def _wishes(frustration: str) -> dict[str, Any]:
    return {
        "coreDesires": [
            "Relief — wants the trouble to end without another system to feed",
            "Control — wants to know in the morning what the day will bring",
        ],
        "fearsOrFrustrations": [f"Frustration — “{frustration}”", "Fear of hoping once more for nothing"],
        "aspirations": ["Wants evenings that belong to nobody else", "Wants this year to be different"],
    }


def _theme(name: str, lines: list[str], tone: str, need: str) -> dict[str, Any]:
    quotes = list(dict.fromkeys(lines))[:2]
    return {"theme": name, "quotes": quotes, "emotionalTone": tone, "underlyingNeed": need}


def _topics(own: list[str], said: list[str]) -> list[str]:
    """Words as they were said, one of each stem: those of the person's own life first."""
    found = [word for line in [*own, *own, *said] for word in words(line) if len(word) > 4 and word not in STOP]
    counted = Counter(stem(word) for word in found)
    shown = {stem(word): word for word in reversed(found)}
    return [shown[one] for one, _ in counted.most_common(10)] or ["work"]


def _judged(score: int, label: str, reasoning: str) -> dict[str, Any]:
    return {"score": score, "label": label, "reasoning": reasoning}


def _slides(request: Request) -> dict[str, Any]:
    facts = {name: html.unescape(text).strip() for name, text in DATA.findall(request.messages[-1].content)}
    topic = facts.get("topic") or "the next step"
    heading = topic[:1].upper() + topic[1:]
    so_far = facts.get("slides so far", "").partition("; ")[0]
    if not so_far or not ADDING.search(facts.get("request", "")):
        return _deck(heading, topic)
    _, text, bullets = SECTIONS[-1]
    deck = _deck(so_far, so_far[:1].lower() + so_far[1:])
    return deck | {"sections": [*deck["sections"], {"heading": heading[:100], "text": text, "bullets": list(bullets)}]}


def _deck(title: str, topic: str) -> dict[str, Any]:
    return {
        "title": title[:120], "summary": f"A short guide to {topic}"[:400],
        "sections": [
            {"heading": heading.format(topic=topic)[:100], "text": text, "bullets": list(bullets)}
            for heading, text, bullets in SECTIONS
        ],
    }  # fmt: skip
