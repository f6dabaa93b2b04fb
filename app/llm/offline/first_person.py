"""What is written about a person, as the person would say it: "Runs a clinic" becomes "I run a clinic"."""

import re
from collections.abc import Callable

from app.llm.offline.words import table, words

BASES = table("""
    work run talk write bake start do throw avoid read train live lead manage sell teach study build make use want need
    like love hate feel think know try struggle spend travel commute juggle handle lose find look help own drive cook
    clean organize organise plan coach freelance design code develop test support care raise have go get take give keep
    pay buy hire meet call check track record order eat sleep wake drink play watch wish hope dream fear worry hold
    dislike enjoy prefer believe say tell ask answer speak listen learn follow finish forget miss skip rebuild fix
    repair consult advise serve supervise oversee coordinate report rely depend deal wear bring carry come leave move
    stay stop turn create produce publish post draw paint photograph negotiate invest save earn owe prepare print
    """)
PAST = table("""
    founded gained lost tried left moved started joined built quit grew spent bought sold worked studied became launched
    opened graduated managed earned took made had learned began came saw used failed wrote switched gave went was ran
    """)
WAS = table("promoted born raised fired diagnosed")
AM = table("""
    frustrated tired overwhelmed worried stressed married divorced retired responsible passionate interested curious
    focused based anxious happy unhappy exhausted bored burned burnt single pregnant afraid proud
    """)
NO_PARTICIPLE = table("""
    morning evening nothing everything something anything during marketing engineering accounting nursing banking
    according king spring string thing
    """)
LATELY = table("currently recently often usually now also sometimes mostly previously")
BETWEEN = r"(?:(?:never|always|often|also|still|usually|sometimes|only|just|rarely|now|then|really)\s+)?"
HE = (r"\bhimself\b", r"\bhis\b", r"\bhim\b", r"\bhe\b")
NO_POSSESSION = r"(?:to|and|or|for|in|at|on|with|from|that|when|if|as|a|the|alone|back|more)\b"
SHE = (r"\bherself\b", rf"\bher(?=\s+(?!{NO_POSSESSION})\w)", r"\bhers?\b", r"\bshe\b")
OWN = ("myself", "my", "me", "I")
CLAUSE = re.compile(r"(, and |, | and )(\w+)")


def third(base: str) -> str:
    if base in {"have", "do", "go"}:
        return {"have": "has", "do": "does", "go": "goes"}[base]
    if base[-1] == "y" and base[-2] not in "aeiou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh")) else f"{base}s"


THIRD = {third(base): base for base in BASES} | {"is": "am"}


def told(sentences: list[str], name: str) -> list[str]:
    """The sentences in the first person, as far as that can be done without a grammar."""
    pronouns = _pronouns(" ".join(sentences))
    return [_begun(_swapped(_named(sentence, name), pronouns)) for sentence in sentences]


def _pronouns(text: str) -> tuple[str, ...]:
    """Those of the person: the ones that occur more often."""
    found = words(text)
    he = sum(word in {"he", "him", "his", "himself"} for word in found)
    she = sum(word in {"she", "her", "hers", "herself"} for word in found)
    if he == she:
        return ()
    return HE if he > she else SHE


def _named(sentence: str, name: str) -> str:
    names = [part for part in (name, name.partition(" ")[0]) if part]
    pattern = "|".join(re.escape(part) for part in names)
    return re.sub(rf"^(?:{pattern})\s+{BETWEEN}\w+", _after("I"), sentence) if names else sentence


def _after(subject: str) -> Callable[[re.Match[str]], str]:
    """Puts the verb at the end of what was found after ``subject``."""

    def changed(found: re.Match[str]) -> str:
        *between, verb = found[0].split()
        adverb = [word for word in between if re.fullmatch(BETWEEN, f"{word} ")]
        return " ".join([subject, *adverb, THIRD.get(verb, verb)])

    return changed


def _swapped(sentence: str, pronouns: tuple[str, ...]) -> str:
    if not pronouns:
        return sentence
    sentence = re.sub(rf"{pronouns[-1]}\s+{BETWEEN}\w+", _verbal, sentence, flags=re.IGNORECASE)
    for pattern, own in zip(pronouns, OWN, strict=True):
        sentence = re.sub(pattern, own, sentence, flags=re.IGNORECASE)
    return sentence[:1].upper() + sentence[1:]


def _verbal(found: re.Match[str]) -> str:
    verb = found[0].split()[-1]
    return f"{found[0].removesuffix(verb)}{THIRD.get(verb, verb)}"


def _begun(sentence: str) -> str:
    """With the subject that such notes leave out."""
    first, _, rest = sentence.partition(" ")
    word = first.lower().strip(",")
    if word in LATELY and rest:
        opened = _begun(rest[:1].upper() + rest[1:])
        return f"{first} {opened}" if opened.startswith("I") else sentence
    start = _start(word, sentence)
    return _agreed(f"{start} {rest}") if start else _agreed(sentence) if word == "i" else sentence


def _start(word: str, sentence: str) -> str:
    """What stands for the first word, nothing where it may stay."""
    if word in THIRD:
        return f"I {THIRD[word]}" if word != "is" else "I'm"
    if word in PAST:
        return f"I {word}"
    if word in WAS:
        return f"I was {word}"
    participle = word.endswith("ing") and len(word) > 4 and word not in NO_PARTICIPLE
    described = word in {"a", "an"} and (" who " in sentence or " with " in sentence)
    return f"I'm {word}" if word in AM or participle or described else ""


def _agreed(sentence: str) -> str:
    """Further verbs of the same subject."""
    return CLAUSE.sub(lambda found: found[1] + THIRD.get(found[2], found[2]), sentence)
