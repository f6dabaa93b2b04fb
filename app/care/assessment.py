"""Text in, finding out, by rules and classifier. Nothing here knows whose words they are, or keeps them."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import gevent

from app.care.judgement import gravity, judge
from app.care.levels import NOTHING, Finding, Level
from app.care.normaliser import folded

LONGEST = 100_000  # characters; of a longer text both ends are looked at
REMEMBERED = 256  # stretches
STRETCH = 2000  # characters that are looked at in one go: other work runs between two


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
    beside = [one for one in before if assess(one).level is not Level.CRISIS]
    return max(assess(text), assess("\n".join((*beside, text))), key=gravity) if beside else assess(text)


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
