"""Gives a person's own words back: "I keep skipping my run" becomes "you keep skipping your run"."""

import re

from app.llm.offline.words import STOP, sentences, shorten, table, words

LONGEST = 22  # words that a reflection may repeat; more is a transcript

TURNS = (
    (r"\bi am\b|\bim\b", "you are"),
    (r"\bi'm\b", "you're"),
    (r"\bi was\b", "you were"),
    (r"\bam i\b", "are you"),
    (r"\bwas i\b", "were you"),
    (r"\bive\b", "you've"),
    (r"\bi('ve|'d|'ll)?(?!\w)", r"you\1"),
    (r"\bwe('re|'ve|'d|'ll)?(?!\w)", r"you\1"),
    (r"\bme\b|\bus\b", "you"),
    (r"\bmy\b|\bour\b", "your"),
    (r"\bmine\b|\bours\b", "yours"),
    (r"\bmyself\b", "yourself"),
    (r"\bourselves\b", "yourselves"),
    (r"\b(and|but) was (?!my|the|a\b)", r"\1 were "),
    (r"\b(and|but) am\b", r"\1 are"),
)
SWAPS = tuple((re.compile(pattern, re.I), change) for pattern, change in TURNS)
ADDRESSED = re.compile(r"\b(you|your|yours)\b", re.I)
FIRST_PERSON = re.compile(r"\b(i|i'm|i've|i'd|i'll|my|me|we|our)\b", re.I)
# A sentence that begins with one of these may go on in small letters after a colon; a name may not.
STARTS = STOP | table("""
    yesterday tonight lately recently sometimes since last next every each nobody nothing everything everyone work life
    things part maybe perhaps today feeling trying getting going thinking having working being no yes""")
LEAD = re.compile(
    r"^(?:(?:well|so|ok|okay|hi|hey|hello|honestly|actually|and|but|also|yes|yeah|no|please)\b[,.!]?\s+)+", re.I
)
PLEASE = re.compile(r",? please$", re.I)
ASKS = (
    (r"^(?:(?:can|could|would|will) you )?(?:please )?help me (?:to )?(?=with\b)(.+)$", "you'd like some help {}"),
    (r"^(?:(?:can|could|would|will) you )?(?:please )?help me (?:to )?(.+)$", "you'd like some help to {}"),
    (r"^(?:how (?:do|can|could|should|would) (?:i|we)) (.+)$", "you're looking for a way to {}"),
    (r"^(?:should (?:i|we)) (.+)$", "you're weighing whether to {}"),
    (r"^(?:what (?:should|can|could) (?:i|we)) (.+)$", "you're wondering what to {}"),
    (r"^why (?:can't|cannot) (?:i|we) (.+)$", "you're asking yourself why you can't {}"),
    (r"^why do (?:i|we) (.+)$", "you're asking yourself why you {}"),
    (r"^why am i (.+)$", "you're asking yourself why you are {}"),
)
REQUESTS = tuple((re.compile(pattern, re.I), change) for pattern, change in ASKS)


def swapped(text: str) -> str:
    text = text.replace("’", "'")
    for pattern, change in SWAPS:
        text = pattern.sub(change, text)
    return text


def mirrored(sentence: str) -> str:
    """The sentence as a clause about "you", without its end; empty when that can't be done well."""
    text = LEAD.sub("", sentence.replace("’", "'")).strip().rstrip(".!?… ")
    text = PLEASE.sub("", text)
    asked = requested(text)
    if asked or not text:
        return asked
    if "?" in sentence or ADDRESSED.search(text) or not FIRST_PERSON.search(text) or not startable(text):
        return ""
    clause = cut(swapped(text))
    return clause[:1].lower() + clause[1:]


def requested(text: str) -> str:
    for pattern, change in REQUESTS:
        if (found := pattern.match(text)) and not ADDRESSED.search(found.group(1)):
            return cut(change.format(swapped(found.group(1))))
    return ""


def startable(text: str) -> bool:
    start = (words(text) or [""])[0]
    return start.split("'")[0] in STARTS or start in STARTS


def cut(clause: str) -> str:
    """A long clause ends where its speaker took breath, or not at all."""
    if len(clause.split()) <= LONGEST:
        return clause
    breaths = [found.start() for found in re.finditer(r"[,;:] | (?:because|so that|and then|but) ", clause)]
    fitting = [at for at in breaths if 5 <= len(clause[:at].split()) <= LONGEST]
    return clause[: fitting[-1]] if fitting else ""


def reflection(text: str) -> str:
    """The clause that says most about the person, out of all that they wrote."""
    parts = [part for part in sentences(text) if part.strip()]
    clauses = [clause for part in parts if len(words(part)) > 2 and (clause := mirrored(part))]
    return max(clauses, key=weight, default="")


def weight(clause: str) -> int:
    return len(clause.split()) + (5 if clause.startswith("you") else 0)


def quote(text: str, limit: int = 16) -> str:
    """The words as they were, the first sentence of them, between quotation marks."""
    parts = sentences(text)
    line = next((part for part in parts if len(part.split()) > 2), parts[0] if parts else "")
    return f"“{shorten(line.strip('“”').rstrip('.'), limit)}”" if line else ""
