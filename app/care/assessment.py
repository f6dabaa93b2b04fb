"""Text in, finding out, by rules and classifier. Nothing here knows whose words they are, or keeps them."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from functools import lru_cache

import gevent

from app.care.judgement import gravity, judge
from app.care.levels import NOTHING, Category, Finding, Level, Sign
from app.care.normaliser import folded
from app.care.rules import rules
from app.care.signs import complementary, signs_in

LONGEST = 100_000  # characters; of a longer text both ends are looked at
HALF = 60  # characters: more isn't half a sentence
REMEMBERED = 256  # stretches
TOGETHER = "rule:together"
STRETCH = 700  # characters that are looked at in one go: other work runs between two


def assess(text: str) -> Finding:
    """The gravest of what is found in a text. It lets other greenlets run while it looks at a long one."""
    found = NOTHING
    for place, stretch in enumerate(stretches(text)):
        if place:
            gevent.sleep(0)
        found = max(found, _look(stretch), key=gravity)
        if found.level is Level.CRISIS:
            break
    return found


def assess_together(text: str, before: Sequence[str]) -> Finding:
    """The same with what was said just before: what means little by itself may mean much beside it.

    What was a crisis by itself has had its answer.
    """
    found = assess(text)
    beside = [one for one in before if assess(one).level is not Level.CRISIS]
    if found.level is Level.CRISIS or not beside:
        return found
    if complementary(_signs(text), {sign for one in beside for sign in _signs(one)}):
        return replace(found, level=Level.CRISIS, category=Category.SUICIDE, source=TOGETHER, is_unsure=False)
    return max(found, _continued(beside[-1], text), key=gravity)


def _continued(before: str, text: str) -> Finding:
    """What a sentence says that was sent in two halves."""
    is_half = max(len(before), len(text)) <= HALF and before.rstrip()[-1:].isalnum()
    return assess(f"{before} {text}") if is_half else NOTHING


def _signs(text: str) -> Set[Sign]:
    """Of the end of a message: signs are short, and what counts is said last."""
    return signs_in(rules().find(folded(text[-STRETCH:])))


def crisis_stretch(text: str) -> str:
    """The first stretch that is a crisis by itself; nothing where there is none."""
    for place, stretch in enumerate(stretches(text)):
        if place:
            gevent.sleep(0)
        if _look(stretch).level is Level.CRISIS:
            return stretch
    return ""


def unsure_stretch(text: str) -> str:
    """The first stretch that is unsure by itself; the last one when only all of it together is."""
    found = text
    for found in stretches(text):
        if _look(found).is_unsure:
            break
        gevent.sleep(0)
    return found


@lru_cache(REMEMBERED)
def _look(stretch: str) -> Finding:
    """A message is looked at before it is admitted, and again in its turn."""
    return judge(folded(stretch))


def stretches(text: str) -> Iterator[str]:
    """Pieces that end at a sentence or a space where there is one, so that no word is cut."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"
    while len(text) > STRETCH:
        cut = _last(text, "\n.!?。！？", STRETCH) or _last(text, " ,、，", STRETCH) or STRETCH
        yield text[:cut]
        text = text[cut:]
    yield text


def _last(text: str, marks: str, end: int) -> int:
    """Past the last of the marks in the second half of a stretch; 0 without one."""
    return max(text.rfind(mark, end // 2, end) for mark in marks) + 1
