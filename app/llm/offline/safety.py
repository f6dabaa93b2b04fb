"""When somebody may be in danger there is no coaching: one fixed text that points to people who can help."""

import re
from collections.abc import Sequence

SELF = r"(?:myself|himself|herself|themselves|themself)"
SIGNS = (
    r"suicid\w*|unalive|\bkms\b|selbstmord|umbringen\b|nicht mehr leben|quiero morir|\bmatarme\b|no quiero vivir",
    r"\bme tuer\b|envie de mourir|me suicider|quero morrer|voglio morire|ammazzarmi",
    rf"kill(?:ing)? {SELF}|\b(?:end|ending|take|taking) (?:my|my own|his|her|their)(?: own)? life\b|\bend(?:ing)? it all\b",
    r"\b(?:want|wanna|wants|ready|rather|going|plan|planning) (?:to )?(?:die|be dead)\b(?! (?:of|from|laughing))",
    r"\b(?:don'?t|do not|no longer) (?:really )?want to (?:be alive|exist|go on living|wake up(?! \w)|live(?! \w))",
    r"\bwish (?:that )?i (?:was|were) (?:dead|never born)|\bno (?:reason|point) (?:to live|in living)|not worth living",
    r"\bbetter off (?:dead|without me)\b|\bself[- ]?(?:harm|injur)\w*|\boverdos(?:e|ing)\b",
    rf"\b(?:harming|cutting|hurting) {SELF}|\b(?:want|urge|going|thinking|need|tempted)\b.{{0,20}} (?:harm|cut|hurt) {SELF}",
)
DANGER = re.compile("|".join(SIGNS), re.IGNORECASE)
REMEMBERED = 3  # messages for which a danger is kept in mind
HELP = (
    "I'm really glad you wrote this, and I take it seriously. This is more than coaching can hold, and you deserve a "
    "person with you right now.\n\n"
    "If you or someone near you is in danger, please call your local emergency number now, or go to the nearest "
    "emergency department. If you can, move away from anything that could be used to cause harm.\n\n"
    "Please also reach out to someone you trust, a friend, a relative, a doctor or a neighbour, and tell them plainly "
    "what you told me. Many countries have a free crisis line that answers day and night; findahelpline.com lists "
    "them. You don't have to find the right words, and you don't have to carry this alone."
)


def help_for(said: Sequence[str]) -> str:
    """The fixed text when one of the last messages speaks of danger, else nothing."""
    recent = (text.replace("’", "'") for text in said[-REMEMBERED:])
    return HELP if any(DANGER.search(text) for text in recent) else ""
