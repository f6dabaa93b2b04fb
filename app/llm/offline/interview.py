"""Both sides of a research interview: questions that take up what was said, and answers out of a person's own facts."""

import re

from app.llm.offline.lexicon import EXPRESSIONS, INTERVIEW, WORDS
from app.llm.offline.material import Material
from app.llm.offline.words import capital, clip, content, sentences, words

BETWEEN = r"(?:(?:never|always|often|also|still|usually|only|just|now|then) )?"
STARTS = {"past_verbs": "I", "passives": "I was", "states": "I'm"}  # what such notes leave out
OTHERS = {
    "she": {"herself": "myself", "hers": "mine", "her": "me"}, "he": {"himself": "myself", "his": "my", "him": "me"},
}  # fmt: skip


def question(material: Material) -> str:
    grounding, name = material.grounding, str(material.facts.get("name") or "")
    if grounding.turn == 0:
        role = str(material.facts.get("role") or "somebody")
        role = f"{'an' if role[:1].lower() in 'aeiou' else 'a'} {role}"
        return str(INTERVIEW["opening"]).format(name=name, role=role)
    echo, questions = (
        _echo(max(material.said[-1:-4:-1], key=lambda told: len(content(told)), default=name)),
        INTERVIEW["questions"],
    )
    if grounding.turn >= grounding.turns - 1 > 0:
        return str(INTERVIEW["closing"]).format(name=name, echo=echo)
    return str(questions[(grounding.turn // 2 - 1) % len(questions)]).format(echo=echo)


def answer(material: Material) -> str:
    """Each fact is told once."""
    facts, place = material.facts, material.grounding.turn // 2
    known = first_person(str(facts.get("background") or ""), str(facts.get("name") or ""))
    known += sentences(str(facts.get("problem") or ""))
    openings, nothing = INTERVIEW["answers"], INTERVIEW["nothing"]
    if place >= len(known):
        return str(nothing[(place - len(known)) % len(nothing)])
    fact = known[place] if known[place][-1] in ".!?…" else f"{known[place]}."
    return str(openings[place % len(openings)]).format(fact=fact)


def _echo(text: str) -> str:
    """The part that says most: the last sentence's first clause that is long enough."""
    sentence = (sentences(text) or [text])[-1].rstrip(".!?… ")
    ends = [found.start() for found in EXPRESSIONS["breath"].finditer(sentence)]
    return clip(next((sentence[:end] for end in ends if 4 <= len(sentence[:end].split()) <= 12), sentence), 90)


def first_person(text: str, name: str) -> list[str]:
    """What is written about a person, as the person would say it: "Runs a clinic" becomes "I run a clinic"."""
    found = words(text)
    pronoun = "she" if found.count("she") + found.count("her") > found.count("he") + found.count("his") else "he"
    return [_told(sentence, name, pronoun) for sentence in sentences(text)]


def _told(sentence: str, name: str, pronoun: str) -> str:
    names = "|".join(re.escape(part) for part in (name, name.partition(" ")[0]) if part)
    for who in (f"^(?:{names})" if names else "(?!)", rf"\b{pronoun}"):
        sentence = re.sub(rf"{who} ({BETWEEN})(\w+)", lambda m: f"I {m[1]}{_base(m[2])}", sentence, flags=re.IGNORECASE)
    own = rf"(?i)\b{'her' if pronoun == 'she' else 'his'}(?= (?!(?:to|and|or|for|in|at|on|that|when|if|as|a|the)\b)\w)"
    sentence = re.sub(r"\b\w+\b", lambda m: OTHERS[pronoun].get(m[0].lower(), m[0]), re.sub(own, "my", sentence))
    first = sentence.partition(" ")[0].lower()
    told = [told for name, told in STARTS.items() if first in WORDS[name]]
    start = told[0] if told else "I" if _base(first) != first else ""
    sentence = f"{start} {_base(first)}{sentence[len(first) :]}" if start else capital(sentence)
    if not sentence.startswith(("I ", "I'm")):
        return sentence
    return re.sub(r"(, and |, | and )(\w+)", lambda m: m[1] + _base(m[2]), sentence)


def _base(verb: str) -> str:
    """``runs``: ``run``; other words stay."""
    special = {"has": "have", "does": "do", "goes": "go", "is": "am"}.get(verb)
    bases = (verb[:-1], verb[:-2], f"{verb[:-3]}y") if verb.endswith("s") else ()
    return special or next((base for base in bases if base in WORDS["verbs"]), verb)
