"""Text as it is said aloud: without the marks that are only for the eye."""

import re

_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_CODE = re.compile(r"`+")
_EMPHASIS = re.compile(r"(?<![^\W_])[*_~]{1,3}(?=\S)|(?<=\S)[*_~]{1,3}(?![^\W_])|\*{2,}")
_LINE_START = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]*|[-*+•][ \t]+|[-=_*|: \t]{3,}$)", re.MULTILINE)
_PICTURES = re.compile(
    "[\U0001f000-\U0001faff\U0001fc00-\U0001fffd☀-➿⬀-⯿←-⇿⌀-⏿️‍⃣\U000e0000-\U000e007f\x00-\x08\x0b-\x1f\x7f]+"
)
_SPACES = re.compile(r"[ \t]+")
_HEARD = re.compile(r"[^\W_]")
_CHANGES = (
    (_LINK, r"\1"),
    (_ADDRESS, " "),
    (_CODE, ""),
    (_LINE_START, ""),
    (_EMPHASIS, ""),
    (_PICTURES, " "),
    (_SPACES, " "),
)


def speakable(text: str) -> str:
    """``""`` when nothing in it can be heard."""
    for pattern, instead in _CHANGES:
        text = pattern.sub(instead, text)
    return text.strip() if _HEARD.search(text) else ""
