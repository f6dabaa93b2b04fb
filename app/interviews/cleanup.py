"""From what a model wrote to what somebody said: no labels, no stage directions, and one speaker only."""

import re

from app.core.shortening import shortened

MAX_LENGTH = 1500  # characters of a message
LABELS = "interviewer|researcher|customer|interviewee"
EXPRESSIONS = "smil|laugh|chuckl|giggl|sigh|nod|paus|shrug|grin|frown|winc|hesitat"
GESTURES = (
    f"{EXPRESSIONS}|think|lean|look|shak|tak|rub|scratch|clear|gestur|wav|sip|glanc|breath|rais|roll|cough|whisper|tilt|"
    "exhal|inhal|wink|blink|sob|cri|cry|star|fidget"
)
ACTED = re.compile(
    rf"(?:\w+ly )?(?:{GESTURES})\w*(?:s|ing)\b|(?:\w+ )?(?:pause|silence|beat|sigh|laugh|laughter|smile|nod|shrug)$",
    re.IGNORECASE,
)
EXPRESSION = re.compile(rf"(?:{EXPRESSIONS})\w*$", re.IGNORECASE)
STRONG = re.compile(r"\*\*([^*\n]+)\*\*")
STARRED = re.compile(r"\*(?=\S)([^*\n]{1,120})(?<=\S)\*")
BRACKETED = re.compile(r"\[[^\]\n]{1,120}\]")
ASIDE = re.compile(r"\(([^)\n]{1,120})\)")
SHORT_ASIDE = 4  # words in brackets at the beginning of a line that are taken for a direction in any case
QUOTES = '"“”'


def clean_message(text: str, name: str) -> str:
    bare = _one_speaker(text.strip(), name)
    bare = BRACKETED.sub(" ", STRONG.sub(r"\1", bare))
    bare = ASIDE.sub(_without_aside, STARRED.sub(_without_stars, bare))
    bare = re.sub(r"[ \t]+([,.!?…])", r"\1", re.sub(r"[ \t]{2,}", " ", bare))
    return shortened(_unquoted(re.sub(r" *\n *", "\n", bare).strip()), MAX_LENGTH)


def _one_speaker(text: str, name: str) -> str:
    """Without the speaker's own label, and without what the model wrote for the other one."""
    known = sorted({re.escape(part) for part in (name, name.split(maxsplit=1)[0])}, key=len, reverse=True)
    names = "|".join([*known, LABELS])
    label = rf"(?:\*\*(?:{names})\s*(?::\*\*|\*\*\s*:)|(?:{names})\s*:)[ \t]*"
    own = re.sub(rf"\A{label}", "", text, flags=re.IGNORECASE)
    return re.split(rf"\n\s*{label}", own, maxsplit=1, flags=re.IGNORECASE)[0]


def _without_stars(found: re.Match[str]) -> str:
    """Stars around a word stress it, around a gesture they are a stage direction."""
    text = found[1].strip()
    acted = ACTED.match(text) and (" " in text or EXPRESSION.match(text) or _begins_line(found))
    return " " if acted or _is_between_sentences(found) else found[1]


def _without_aside(found: re.Match[str]) -> str:
    acted = ACTED.match(found[1].strip()) and len(found[1].split()) <= SHORT_ASIDE
    opening = _begins_line(found) and len(found[1].split()) <= SHORT_ASIDE
    return " " if acted or opening else found[0]


def _begins_line(found: re.Match[str]) -> bool:
    return not found.string[: found.start()].rpartition("\n")[2].strip()


def _is_between_sentences(found: re.Match[str]) -> bool:
    """Small letters after the end of one sentence and before the next one are no part of either."""
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    ended = not before or before[-1] in ".!?…\n"
    return found[1][0].islower() and ended and (not after or after[0].isupper())


def _unquoted(text: str) -> str:
    """Quotation marks around all of it are the model's; any others belong to what is said."""
    inner = text[1:-1]
    whole = len(text) > 2 and text[0] in QUOTES and text[-1] in QUOTES
    return inner.strip() if whole and not any(mark in inner for mark in QUOTES) else text
