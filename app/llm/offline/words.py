"""Words as the coach weighs them: cheap, without a model, and the same on every machine."""

import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


def table(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP = table("""
    a about after again all also am an and any are as at be because been before being but by can could did do
    does doing don't for from get got had has have he her here him his how i i'd i'll i'm i've if in into is
    isn't it it's its just let like me more most much my myself no not now of off on one or our out over own
    please really same she should so some such than that the their them then there these they this those through
    to too up us very was we were what when where which while who why will with would yet you your yours today
    still thing something week day month year time
""")
# Words that carry most English sentences and few sentences of its neighbours (no "in", "was", "me", "so").
ENGLISH = table("""
    the i my and to of is it have with for that this what not be am are you how can want need feel feeling been
    at but just i'm i've it's don't can't didn't should would could about they there when because from has had
    more today lately week work tired stressed help goal goals hi hello hey thanks thank yes ok okay please make
    look show tell write really keep slides list which your we our morning always never again
    who whose were where does did
""")
PAST = dict(
    pair.split(":")
    for pair in table(
        """slept:sleep ran:run wrote:write written:write felt:feel went:go ate:eat eaten:eat met:meet bought:buy
    thought:think spent:spend kept:keep began:begin woke:wake drank:drink paid:pay sold:sell told:tell
    taught:teach fought:fight spoke:speak drove:drive swam:swim rode:ride broke:break led:lead left:leave
    grew:grow"""
    )
)
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,]\d+)*")
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”')]*\s+|(?<=[。！？])|\n+")
NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words(text: str) -> list[str]:
    return WORD.findall(text.replace("’", "'").lower())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    word = PAST.get(word, word)
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            word = word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word
            break
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


@lru_cache(maxsize=256)
def content(text: str) -> frozenset[str]:
    """The stems that say what a text is about."""
    return frozenset(stem(word) for word in words(text) if word not in STOP)


@lru_cache(maxsize=1024)
def name_words(name: str) -> tuple[str, ...]:
    """``goalTitle``, ``goal_title`` and ``goal-title`` alike: ``("goal", "title")``."""
    return tuple(part.lower() for part in NAME_PART.findall(name))


def sentences(text: str) -> list[str]:
    return [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]


def is_english(text: str) -> bool:
    found = words(text)
    if sum(not word.isascii() for word in found) > len(found) * 0.2:
        return False
    return sum(word in ENGLISH for word in found) >= max(1, len(found) * 0.15)


def shorten(text: str, limit: int, mark: str = "…") -> str:
    """At most ``limit`` words."""
    parts = text.split()
    return text if len(parts) <= limit else " ".join(parts[:limit]).rstrip(",;:-–") + mark


def number(*parts: object) -> int:
    """A number that depends on nothing but ``parts``; ``hash`` differs from process to process."""
    return zlib.crc32("\x1f".join(map(str, parts)).encode())


def turned(options: Sequence[T], *key: object) -> list[T]:
    """The options in their order, begun at a place that ``key`` decides."""
    if not options:
        return []
    start = number(*key) % len(options)
    return [*options[start:], *options[:start]]


def fresh(options: Sequence[str], history: str, *key: object) -> str:
    """The first option whose fixed words weren't said before, or nothing when all were."""
    return next((option for option in turned(options, *key) if fixed(option) not in history), "")


@lru_cache(maxsize=1024)
def fixed(template: str) -> str:
    """The longest part of a template that is the same in all its uses."""
    return max(re.split(r"\{\w+\}", template), key=len).strip()
