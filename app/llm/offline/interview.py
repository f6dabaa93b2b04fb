"""Both sides of a research interview: questions that go deeper, and answers out of the person's own background."""

import html
import re
from collections.abc import Sequence

from app.llm.interfaces import Request
from app.llm.offline.first_person import told
from app.llm.offline.words import sentences, shorten

DATA = re.compile(r'<data name="([^"]+)">(.*?)</data>', re.DOTALL)
OPENING = (
    "Thank you for taking the time, {name}. You work as {role}. What did an ordinary day look like for you this week?"
)
QUESTIONS = (
    "You said “{echo}”. Tell me about the last time this gave you trouble: what happened, from the beginning?",
    "“{echo}”: what went through your head at that moment?",
    "You mention “{echo}”. Why does it matter so much to you?",
    "You said “{echo}”. What does it cost you: time, money, sleep, something else?",
    "“{echo}”: what have you tried so far to change that, and how did it end?",
    "When you say “{echo}”: who else notices, and how?",
    "“{echo}”: how do you decide on such days what comes first?",
    "If you no longer had to say “{echo}”, what would be different in your week?",
)
CLOSING = (
    "Thank you for being so open, {name}. What stays with me are your words “{echo}”, and how long you have carried "
    "this. That helps me a lot."
)
# What is said, and what of it the other side may take up when the person's own facts are used up.
ANSWERS = (
    ("Well, where do I begin. {fact} That is most of my day, to be honest.", "most of my day"),
    (
        "Last time it was a Tuesday, two weeks ago. I sat there until half past eight and felt pretty stupid. {fact}",
        "I sat there until half past eight",
    ),
    (
        "Mostly I thought: not again. {fact} And I was annoyed with myself more than with anybody else.",
        "annoyed with myself",
    ),
    (
        "Because it keeps coming back. {fact} I promised myself in January that this year would be different.",
        "it keeps coming back",
    ),
    (
        "I once counted it: about six hours in a bad week, and one evening with my family. {fact}",
        "six hours in a bad week",
    ),
    (
        "I tried a spreadsheet, then a tool that a friend swore by. After three weeks I was back to my old way. {fact}",
        "back to my old way",
    ),
    ("A friend of mine, Petra, notices first. She doesn't say much, she just sighs. {fact}", "she just sighs"),
    (
        "Honestly, whoever shouts loudest comes first. {fact} I'm not proud of that.",
        "whoever shouts loudest comes first",
    ),
    (
        "I don't know. Maybe I would sleep through on Sundays. I'm careful with hoping, though. {fact}",
        "careful with hoping",
    ),
)
LAST_RESORT = ("I have no better way to put it than I did. {fact}", "no better way to put it")
OWN_WORDS = frozenset(
    sentence for text, _ in (*ANSWERS, LAST_RESORT) for sentence in sentences(text.replace("{fact}", ""))
)
BREATH = re.compile(r"[,;:] | (?:because|and|but|so that|until|when|while|that|which) ")
SPELLED = frozenset("AEFHILMNORSX")  # letters whose names begin with a vowel


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
    name = facts.get("name", "")
    if own == 0:
        return OPENING.format(name=name, role=_with_article(facts.get("role", "somebody")))
    if closing:
        return CLOSING.format(name=name, echo=_echo(next(filter(_of_own_life, heard[2:]), heard[-1])))
    return QUESTIONS[(own - 1) % len(QUESTIONS)].format(echo=_echo(heard[-1]))


def _answer(facts: dict[str, str], own: int) -> str:
    """Each fact is told once."""
    known = told(sentences(facts.get("background", "")), facts.get("name", ""))
    known += sentences(facts.get("trouble you may have", ""))
    fact = known[own] if own < len(known) else ""
    frame, _ = ANSWERS[own] if own < len(ANSWERS) else LAST_RESORT
    ended = f"{fact}." if fact and fact[-1] not in ".!?…" else fact
    return " ".join(frame.format(fact=ended).split())


def _echo(text: str) -> str:
    """Words that were just said, to hold on to: of the person's own life where there are any."""
    if own := _of_own_life(text):
        return _clause(own[0])
    return next((words for _, words in (*ANSWERS, LAST_RESORT) if words in text), _clause(text))


def _of_own_life(text: str) -> list[str]:
    return [sentence for sentence in sentences(text) if sentence not in OWN_WORDS]


def _clause(sentence: str) -> str:
    """The first part of it that says something, without its end."""
    bare = sentence.rstrip(".!?… ")
    ends = [found.start() for found in BREATH.finditer(bare)]
    return shorten(next((bare[:end] for end in ends if 4 <= len(bare[:end].split()) <= 12), bare), 12)


def _with_article(role: str) -> str:
    first = role.split(maxsplit=1)[0] if role.split() else role
    if len(first) <= 4 and first.isupper():
        vowel = first[0] in SPELLED
    else:
        vowel = first[:1].lower() in "aeiou" and not first.lower().startswith(("uni", "use", "eu", "one"))
    return f"{'an' if vowel else 'a'} {role}"
