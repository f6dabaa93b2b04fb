"""When somebody may be in danger there is no coaching: one fixed text that points to people who can help."""

from collections.abc import Sequence

from app.llm.offline.lexicon import DANGER, DANGER_TEXTS

HELP, STILL = DANGER_TEXTS["help"], DANGER_TEXTS["still"]
REMEMBERED = 3  # messages that a danger is kept in mind after it was named


def safe_reply(said: Sequence[str]) -> str:
    """The text to send in place of coaching; empty when there is no sign of danger."""
    if not said:
        return ""
    if in_danger(said[-1]):
        return HELP
    return STILL if any(map(in_danger, said[-1 - REMEMBERED : -1])) else ""


def in_danger(text: str) -> bool:
    return bool(DANGER.search(text.replace("’", "'")))
