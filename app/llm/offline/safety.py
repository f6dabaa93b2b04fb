"""When somebody may be in danger there is no coaching: one fixed text that points to people who can help."""

import re
from collections.abc import Sequence

SELF = r"(?:myself|my ?self|himself|herself|themselves|themself)"
NOT_LIVING = (
    r"\b(?:don'?t|do not|no longer|not) (?:really )?(?:want|wish) to "
    r"(?:live(?! (?:in|with|at|near|here|there|like|on|alone))|"
    r"be alive|exist|wake up(?! \w)|be here any ?more|go on living)"
)
URGE = (
    r"\b(?:want|urge|going|thought|thoughts|thinking|feel like|might|need|tempted)\b.{0,20} "
    rf"(?:harm|cut|hurt|injure) {SELF}(?! (?:some|short|off|a\b))"
)
DYING = (
    r"\b(?:want|wanna|wants|wanting|ready|rather|going|plan|planning) (?:to )?(?:die|be dead|disappear forever)\b"
    r"(?! (?:of|from|laughing))"
)
PHRASES = (
    r"suicid\w*",
    rf"kill(?:ing)? {SELF}",
    r"\bkms\b",
    r"unalive",
    r"\b(?:end|ending|take|taking) (?:my|(?:his|her|their)(?: own)?|my own) life\b",
    r"\bend(?:ing)? it all\b",
    DYING,
    r"\bwish (?:that )?i (?:was|were) (?:dead|never born|not alive)|\bwish i (?:had never|hadn't) been born",
    NOT_LIVING,
    r"\bcan(?:'?t|not) go on living|\bno (?:reason|point) (?:to live|in living|to be alive|to go on living)",
    r"\b(?:life is|it'?s|living is) not worth living|\bnot worth living",
    r"\bbetter off (?:dead|without me)\b",
    r"\bself[- ]?(?:harm|injur)\w*",
    rf"\b(?:harming|cutting|hurting) {SELF}(?! (?:some|short|off|a\b))",
    rf"\b(?:harm|cut|hurt|injure) {SELF} (?:again|on purpose|deliberately|tonight)\b",
    URGE,
    r"\boverdos(?:e|ing)\b",
    r"\bselbstmord|\bumbringen\b|nicht mehr leben",
    r"quiero morir|\bmatarme\b|no quiero vivir",
    r"\bme tuer\b|envie de mourir|\bme suicider\b",
    r"quero morrer|voglio morire|\bammazzarmi\b",
)
DANGER = re.compile("|".join(PHRASES), re.I)
REMEMBERED = 3  # messages that a danger is kept in mind after it was named

HELP = (
    "I'm really glad you wrote this, and I take it seriously. This is more than coaching can hold, and you deserve a "
    "person with you right now.\n\n"
    "If you or someone near you is in danger, please call your local emergency number now, or go to the nearest "
    "emergency department. If you can, move away from anything that could be used to cause harm.\n\n"
    "Please also reach out to someone you trust, a friend, a relative, a doctor or a neighbour, and tell them plainly "
    "what you told me. Many countries have a free crisis line that answers day and night; findahelpline.com lists "
    "them. You don't have to find the right words, and you don't have to carry this alone."
)
STILL = (
    "I'm still here, and what you told me a moment ago matters more than any goal. Let's leave plans aside for "
    "now.\n\n"
    "Have you been able to reach someone? If there is any danger, please call your local emergency number. If not, a "
    "crisis line (findahelpline.com lists them by country) or a person you trust can stay with you while this is "
    "heavy. Telling one person today is enough."
)


def safe_reply(said: Sequence[str]) -> str:
    """The text to send in place of coaching; empty when there is no sign of danger."""
    if not said:
        return ""
    if in_danger(said[-1]):
        return HELP
    return STILL if any(map(in_danger, said[-1 - REMEMBERED : -1])) else ""


def in_danger(text: str) -> bool:
    return bool(DANGER.search(text.replace("’", "'")))
