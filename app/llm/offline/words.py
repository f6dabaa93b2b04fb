"""Words as the coach weighs them: cheap, without a model, and the same on every machine."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from app.llm.offline.lexicon import IRREGULAR, WORDS

WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")
NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
END = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][\"”')]))\s+|(?<=[。！？])|\n+")
LONGEST = 20_000  # characters of a text that are looked at


def words(text: str) -> list[str]:
    return WORD.findall(text[:LONGEST].lower())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Rough, but the same for the forms of a word."""
    word = IRREGULAR.get(word, word)
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))


@lru_cache(maxsize=1024)
def content(text: str) -> frozenset[str]:
    """The stems that say what a text is about."""
    return frozenset(
        stem(word) for word in words(text) if word not in WORDS["stop"] and (len(word) > 1 or not word.isascii())
    )


@lru_cache(maxsize=2048)
def parts(name: str) -> tuple[str, ...]:
    """``goalTitle``, ``goal_title`` and ``goal-title`` alike: ``("goal", "title")``."""
    return tuple(part.lower() for part in NAME.findall(name))


def singular(word: str) -> str:
    if word.endswith(("ies", "sses")):
        return f"{word[:-3]}y" if word.endswith("ies") else word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def sentences(text: str) -> list[str]:
    return [part.strip() for part in END.split(text[:LONGEST]) if part and part.strip()]


def clip(text: str, most: int) -> str:
    """At most ``most`` characters, cut at a word where there is one."""
    text = " ".join(text.split())
    if len(text) <= most or most < 2:
        return text[: max(0, most)]
    cut = text[: most - 1]
    place = cut.rfind(" ")
    return (cut[:place] if place > most // 2 else cut).rstrip(" ,;:–-“") + "…"


def bare(text: str) -> str:
    """Without quotation marks around it and without its full stop."""
    text = " ".join(text.split()).strip("“”\"'‘’ ")
    return text[:-1] if text.endswith((".", "。")) and not text.endswith("..") else text


def quote(text: str, most: int = 140) -> str:
    return f"“{clip(bare(text), most)}”"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(texts: Sequence[str]) -> str:
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else "".join(texts)


def unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def a_date(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def day(moment: date, year: str = " %Y") -> str:
    return f"{moment.day} {moment.strftime('%B' + year)}"
