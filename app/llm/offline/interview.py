"""Both sides of a research interview: questions that take up what was said, and answers out of a person's own facts."""

import re

from app.llm.offline.material import Material
from app.llm.offline.words import clip, sentences, words

OPENING = (
    "Thank you for taking the time, {name}. You work as {role}. What did an ordinary day look like for you this week?"
)
QUESTIONS = (
    "You said “{echo}”. Tell me about the last time this gave you trouble: what happened, from the beginning?",
    "“{echo}”: what went through your head at that moment?", "You mention “{echo}”. Why does it matter so much to you?",
    "You said “{echo}”. What does it cost you: time, money, sleep, something else?",
    "“{echo}”: what have you tried so far to change that, and how did it end?",
    "When you say “{echo}”: who else notices, and how?", "“{echo}”: how do you decide on such days what comes first?",
    "If you no longer had to say “{echo}”, what would be different in your week?",
)  # fmt: skip
CLOSING = "Thank you for being so open, {name}. What stays with me are your words “{echo}”. That helps me a lot."
ANSWERS = (
    "Well, where do I begin. {fact}", "That is easy to tell. {fact}", "I think about it more than I say. {fact}",
    "Because it keeps coming back. {fact}", "I have never counted it. {fact}", "Nothing that lasted. {fact}",
    "Those around me see it. {fact}", "I decide when I get there. {fact}", "I am careful with hoping. {fact}",
    "I have no better way to put it than I did. {fact}",
)  # fmt: skip
BREATH = re.compile(r"[,;:] | (?:because|and|but|so that|until|when|while|that|which) ")
VERBS = frozenset(
    [
        "work",
        "run",
        "talk",
        "write",
        "bake",
        "start",
        "do",
        "throw",
        "avoid",
        "read",
        "train",
        "live",
        "lead",
        "manage",
        "sell",
        "teach",
        "study",
        "build",
        "make",
        "use",
        "want",
        "need",
        "like",
        "love",
        "hate",
        "feel",
        "think",
        "know",
        "try",
        "struggle",
        "spend",
        "travel",
        "handle",
        "lose",
        "find",
        "look",
        "help",
        "own",
        "drive",
        "cook",
        "clean",
        "organize",
        "plan",
        "coach",
        "design",
        "develop",
        "support",
        "care",
        "have",
        "go",
        "get",
        "take",
        "give",
        "keep",
        "pay",
        "buy",
        "hire",
        "meet",
        "call",
        "check",
        "order",
        "eat",
        "sleep",
        "play",
        "hope",
        "worry",
        "believe",
        "say",
        "tell",
        "ask",
        "answer",
        "learn",
        "finish",
        "forget",
        "miss",
        "skip",
        "rebuild",
        "fix",
        "advise",
        "serve",
        "rely",
        "depend",
        "deal",
        "bring",
        "come",
        "leave",
        "stop",
        "turn",
        "create",
        "save",
        "earn",
    ]
)
PAST = frozenset(
    [
        "founded",
        "gained",
        "lost",
        "tried",
        "left",
        "moved",
        "started",
        "joined",
        "built",
        "quit",
        "grew",
        "spent",
        "bought",
        "sold",
        "worked",
        "studied",
        "became",
        "launched",
        "opened",
        "managed",
        "earned",
        "took",
        "made",
        "had",
        "learned",
        "began",
        "came",
        "saw",
        "used",
        "failed",
        "wrote",
        "switched",
        "gave",
        "went",
        "ran",
    ]
)
WAS, AM = frozenset(("promoted", "born", "raised", "fired")), frozenset(
    "frustrated tired overwhelmed worried stressed married divorced retired responsible building".split()  # noqa: SIM905
)  # fmt: skip
BETWEEN = r"(?:(?:never|always|often|also|still|usually|only|just|now|then) )?"
OTHERS = {
    "she": (("herself", "myself"), (r"her(?= (?!(?:to|and|or|for|in|at|on|that|when|if|as|a|the)\b)\w)", "my"), ("hers?", "me")),
    "he": (("himself", "myself"), ("his", "my"), ("him", "me")),
}  # fmt: skip


def question(material: Material) -> str:
    name, heard, grounding = _named(material), material.said, material.grounding
    if grounding.turn == 0:
        role = str(material.facts.get("role") or "somebody")
        return OPENING.format(name=name, role=f"{'an' if role[:1].lower() in 'aeiou' else 'a'} {role}")
    if grounding.turn >= grounding.turns - 1 > 0:
        return CLOSING.format(name=name, echo=_echo(heard[-1] if heard else name))
    return QUESTIONS[(grounding.turn // 2 - 1) % len(QUESTIONS)].format(echo=_echo(heard[-1] if heard else name))


def answer(material: Material) -> str:
    """Each fact is told once."""
    facts, place = material.facts, material.grounding.turn // 2
    known = first_person(str(facts.get("background") or ""), str(facts.get("name") or ""))
    known += sentences(str(facts.get("problem") or ""))
    fact = known[place] if place < len(known) else ""
    ended = f"{fact}." if fact and fact[-1] not in ".!?…" else fact
    return ANSWERS[min(place, len(ANSWERS) - 1)].format(fact=ended).strip()


def _named(material: Material) -> str:
    return str(material.facts.get("name") or "")


def _echo(text: str) -> str:
    """The part that says most: the last sentence's first clause that is long enough."""
    sentence = (sentences(text) or [text])[-1].rstrip(".!?… ")
    ends = [found.start() for found in BREATH.finditer(sentence)]
    return clip(next((sentence[:end] for end in ends if 4 <= len(sentence[:end].split()) <= 12), sentence), 90)


def first_person(text: str, name: str) -> list[str]:
    """What is written about a person, as the person would say it: "Runs a clinic" becomes "I run a clinic"."""
    found = words(text)
    pronoun = "she" if found.count("she") + found.count("her") > found.count("he") + found.count("his") else "he"
    return [_told(sentence, name, pronoun) for sentence in sentences(text)]


def _told(sentence: str, name: str, pronoun: str) -> str:
    names = "|".join(re.escape(part) for part in (name, name.partition(" ")[0]) if part)
    if names:
        sentence = re.sub(rf"^(?:{names}) ({BETWEEN})(\w+)", lambda m: f"I {m[1]}{_base(m[2])}", sentence)
    sentence = re.sub(
        rf"\b{pronoun} ({BETWEEN})(\w+)", lambda m: f"I {m[1]}{_base(m[2])}", sentence, flags=re.IGNORECASE
    )
    for theirs, own in OTHERS[pronoun]:
        sentence = re.sub(rf"\b{theirs}\b", own, sentence, flags=re.IGNORECASE)
    first, _, rest = sentence.partition(" ")
    start = _begun(first.lower())
    sentence = f"{start} {rest}" if start else sentence[:1].upper() + sentence[1:]
    if not sentence.startswith(("I ", "I'm")):
        return sentence
    return re.sub(r"(, and |, | and )(\w+)", lambda m: m[1] + _base(m[2]), sentence)


def _begun(word: str) -> str:
    """With the subject that such notes leave out; nothing where the word may stay."""
    if word in PAST:
        return f"I {word}"
    if word in WAS or word in AM:
        return f"I was {word}" if word in WAS else f"I'm {word}"
    return f"I {_base(word)}" if _base(word) != word else ""


def _base(verb: str) -> str:
    """``runs``: ``run``; other words stay."""
    special = {"has": "have", "does": "do", "goes": "go", "is": "am"}.get(verb)
    bases = (verb[:-1], verb[:-2], f"{verb[:-3]}y") if verb.endswith("s") else ()
    return special or next((base for base in bases if base in VERBS), verb)
