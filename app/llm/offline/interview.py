"""Both sides of a research interview: questions that go deeper, and answers out of the person's own background."""

import html
import re
from collections.abc import Sequence

from app.llm.interfaces import Request
from app.llm.offline.words import content, number, sentences

DATA = re.compile(r'<data name="([^"]+)">(.*?)</data>', re.DOTALL)
OPENING = (
    "Thank you for taking the time, {name}. To begin with: what did an ordinary day in your work as {role} look like "
    "this week?"
)
QUESTIONS = (
    "You mentioned {word}. Tell me about the last time that gave you trouble: what happened, from the beginning?",
    "What went through your head at that moment with {word}?",
    "Why does {word} matter so much to you?",
    "When {word} goes wrong, what does it cost you: time, money, sleep, something else?",
    "What have you tried so far about {word}, and how did it end?",
    "Who else notices when {word} goes wrong, and what do they say?",
    "How do you decide on days like that what comes first, {word} or everything else?",
    "If {word} were settled tomorrow, what would be different in your week?",
)
CLOSING = (
    "Thank you, {name}. What stays with me is what you said about {word}, and how long you have carried it. That helps "
    "me a lot."
)
FRAMES = (
    "Well, where do I begin. {fact} That is most of my day, to be honest.",
    "The last time was on a Tuesday, two weeks ago. {fact} I sat there until half past eight and felt pretty stupid.",
    "Mostly I thought: not again. {fact} And I was annoyed with myself more than with anybody else.",
    "Because it keeps coming back. {fact} I promised myself in January that this year would be different.",
    "I once counted it: about six hours in a bad week, and one evening with my family. {fact}",
    "I tried a spreadsheet, then a tool that a friend swore by. {fact} After three weeks I was back to my old way.",
    "My colleague Petra notices first. She doesn't say much, she just sighs. {fact}",
    "Honestly, whoever shouts loudest comes first. {fact} I'm not proud of that.",
    "I don't know. Maybe I would sleep through on Sundays. {fact} I'm careful with hoping, though.",
)
SHORT = "{fact} I have no better way to put it."


def speech(request: Request) -> str | None:
    """The next message of an interview, None for any other request."""
    feature = request.caller.feature
    if feature not in {"interviews.interviewer", "interviews.customer"} or request.schema is not None:
        return None
    facts = {name: html.unescape(text).strip() for name, text in DATA.findall(request.system)}
    own = sum(message.role == "assistant" for message in request.messages)
    heard = [message.content for message in request.messages if message.role == "user"]
    if feature == "interviews.customer":
        return _answer(facts, own)
    return _question(facts, own, heard, "Now: close" in request.system)


def _question(facts: dict[str, str], own: int, heard: Sequence[str], closing: bool) -> str:
    if own == 0:
        return OPENING.format(name=facts.get("name", ""), role=facts.get("role", "somebody in your job"))
    frame = CLOSING if closing else QUESTIONS[(own - 1) % len(QUESTIONS)]
    return frame.format(name=facts.get("name", ""), word=_word(heard[-1], own))


def _answer(facts: dict[str, str], own: int) -> str:
    known = sentences(facts.get("background", "")) + sentences(facts.get("trouble you may have", ""))
    fact = known[own % len(known)] if known else f"I work as {facts.get('role', 'you know')}."
    frame = FRAMES[own] if own < len(FRAMES) else SHORT
    return frame.format(fact=fact if fact.endswith((".", "!", "?")) else f"{fact}.")


def _word(text: str, own: int) -> str:
    """Something that was just said, to hold on to."""
    found = sorted((word for word in content(text) if len(word) > 4), key=lambda word: (-len(word), word))
    return f"“{found[number(own) % min(3, len(found))]}”" if found else "that"
