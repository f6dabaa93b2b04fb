"""Numbers in a text, with what they count."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from app.receipts.wording import Wording, all_wordings, number_words, units

NUMBER = re.compile(
    r"(?<![\w$€£])(?P<sign>[$€£]) ?(?P<priced>\d[\d.,]*\d|\d)"
    r"|(?<![\w.:/])(?P<hour>\d{1,2})(?:(?P<clock>[:h.]\d\d)(?= ?(?:uhr|h\b|[ap]\.?m\b))|(?P<colon>[:h]\d\d)\b)"
    r"(?P<half> ?[ap]\.?m\b)?"
    r"|(?<!\w)(?P<n>\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)(?P<glue> ?%|[a-zµ]{1,5}\b)?"
)
ORDINAL = frozenset({"st", "nd", "rd", "th", "er", "e", "eme", "re"})
HALVES = re.compile(r" ?(?P<half>a\.?m\b|p\.?m\b|uhr\b|o'clock\b)")
THOUSANDS = re.compile(r"\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+")
WORD = re.compile(r"[^\W\d_]+")
NEXT = re.compile(r"[\s\u00a0\u202f*_-]*([^\W\d_]+|%|€|\$)")
PREVIOUS = re.compile(r"([^\W\d_]+)[\s:=#*_]*$")
WHOLE = re.compile(
    r"[\s*_]*(?:/|(?:out )?of|von|sur|de|di|su|auf)[\s*_]+(?:(?:a|the|your|tes|tus|tuoi|deinen) )?(\d+)\b|/(\d+)\b"
)
WHOLE_AFTER = re.compile(r"\s+(?:out of|of|von|sur|de|di|su)\s+")
PRECEDED = re.compile(r"\b(?:of|von|de|di) $")
OF_MANY = re.compile(
    r"\s+(?:(?:of|out of|von|de|di|delle|dei|des|der|deiner)\s+|d')"
    r"(?:(?:your|the|these|those|deinen|deiner|den|diesen|tes|les|ces|tus|las|los|estas|tue|tuoi|le|queste) )*"
)
AT_ODDS = frozenset({"sei", "acht", "cent"})  # they mean something else too
DECADES = range(20, 100, 10)
MOST_AFTER = 4
STEM = 5
NOON = 12 * 60
CLOCK, TIME, PERCENT = "clock", "time", "percent"


@dataclass(frozen=True, slots=True)
class Number:
    """``values`` are what it may be read as. ``unit`` is known by name, ``stems`` are of the words around otherwise.

    ``whole`` is what it is a part of ("3 of 5"); ``is_part``: of something that the words name ("3 of your entries").
    """

    start: int
    end: int
    values: frozenset[float]
    unit: str = ""
    stems: frozenset[str] = frozenset()
    whole: frozenset[float] = frozenset()
    is_part: bool = False
    is_word: bool = False
    after: int = 0  # where the words that it counts end

    def means(self, other: "Number") -> bool:
        """Whether both count as much of the same."""
        if not self.values & other.values or (self.whole and other.whole and not self.whole & other.whole):
            return False
        if self.unit or not self.stems:
            return self.unit in ("", other.unit)
        return bool(self.stems & other.stems)


def numbers(flat: str, wording: Wording | None) -> list[Number]:
    """In the order of the text. Without a wording, words of any language count as numbers."""
    found = sorted([*_written(flat, wording), *_spelled(flat, wording)], key=lambda one: one.start)
    for place in range(len(found) - 1):  # "2 étapes sur 4"
        first, second = found[place : place + 2]
        if first.unit and not first.whole and WHOLE_AFTER.fullmatch(flat, first.after, second.start):
            found[place] = replace(first, whole=second.values)
            found[place + 1] = replace(second, unit=first.unit, stems=frozenset())
    return found


def _written(flat: str, wording: Wording | None) -> Iterator[Number]:
    for found in NUMBER.finditer(flat):
        glue = (found["glue"] or "").strip()
        is_place = wording is not None and wording.code == "de" and re.match(r"\. +[^\W\d_]", flat[found.end() :])
        if glue in ORDINAL or (is_place and not glue and found["n"]):
            continue
        if found["hour"]:
            clock = found["clock"] or found["colon"]
            half = found["half"] or _half(flat, found.end())
            yield Number(found.start(), found.end(), _clock(int(found["hour"]), int(clock[1:]), half), CLOCK)
        elif found["n"] and not glue and HALVES.match(flat, found.end()) and float_of(found["n"]) <= 24:
            values = _clock(int(float_of(found["n"])), 0, _half(flat, found.end()))
            yield Number(found.start(), found.end(), values, CLOCK)
        else:
            yield _counted(flat, found, glue, wording)


def float_of(text: str) -> float:
    return min(readings(text))


def _half(flat: str, end: int) -> str:
    found = HALVES.match(flat, end)
    return found["half"] if found else ""


def _clock(hour: int, minute: int, half: str) -> frozenset[float]:
    """Minutes of the day; of an hour that says no half of it, both."""
    at = float(hour % 12 * 60 + minute)
    if half.strip().startswith("p"):
        return frozenset({at + NOON})
    if half.strip().startswith("a"):
        return frozenset({at})
    return frozenset({at, at + NOON}) if hour <= 12 else frozenset({at + NOON})


def _counted(flat: str, found: re.Match[str], glue: str, wording: Wording | None) -> Number:
    text, end = found["priced"] or found["n"], found.end()
    sign = units().get(found["sign"] or "", "") or (units().get(glue, "") if glue else "")
    whole = WHOLE.match(flat, end)
    after, unit, stems, is_part = (end, sign, frozenset[str](), False) if sign else _things(flat, end, whole, wording)
    if glue and not sign:
        stems |= {glue[:STEM]}
    if not unit:
        unit, stems = _before(flat, found.start(), stems, wording)
    total = frozenset({float(whole[1] or whole[2])}) if whole else frozenset[float]()
    return Number(found.start(), end, readings(text), unit, stems, total, is_part, after=after)


def readings(text: str) -> frozenset[float]:
    """1.200 is one thing in Berlin and another in Boston."""
    found = set[float]()
    if THOUSANDS.match(text):
        found.add(float(re.sub(r"[.,]\d{1,2}$", lambda rest: "@" + rest[0][1:], text).translate(_DROPPED)))
    plain = text.replace(",", ".").rstrip(".")
    if plain.count(".") <= 1 and set(plain) <= set("0123456789."):
        found.add(float(plain))
    return frozenset(found or {float(re.sub(r"\D", "", text))})


_DROPPED = str.maketrans({".": None, ",": None, "'": None, "\u00a0": None, "\u202f": None, "@": "."})


def _spelled(flat: str, wording: Wording | None) -> Iterator[Number]:
    known = {**wording.numbers, **wording.twice} if wording else number_words()
    twice = wording.twice if wording else frozenset[str]().union(*(one.twice for one in all_wordings().values()))
    for found in WORD.finditer(flat):
        value = known.get(found[0])
        if value is None:
            continue
        value, end = _compound(flat, found.end(), value, known)
        if found[0] in twice:
            yield Number(found.start(), end, frozenset({float(value)}), TIME, is_word=True, after=end)
            continue
        whole = WHOLE.match(flat, end)
        after, unit, stems, is_part = _things(flat, end, whole, wording)
        is_of = PRECEDED.search(flat, max(0, found.start() - 5), found.start()) is not None
        if unit or ((stems or is_of) and value > 1 and found[0] not in AT_ODDS):
            total = frozenset({float(whole[1] or whole[2])}) if whole else frozenset[float]()
            one = frozenset({float(value)})
            yield Number(found.start(), end, one, unit, stems, total, is_part, is_word=True, after=after)


def _compound(flat: str, end: int, value: int, known: dict[str, int]) -> tuple[int, int]:
    """``twenty-one``."""
    rest = re.compile(r"-([^\W\d_]+)").match(flat, end) if value in DECADES else None
    more = known.get(rest[1], 0) if rest else 0
    return (value + more, rest.end()) if rest and 0 < more < 10 else (value, end)


def _things(
    flat: str, end: int, whole: re.Match[str] | None, wording: Wording | None
) -> tuple[int, str, frozenset[str], bool]:  # fmt: skip
    """What comes behind a number: where that ends, the unit or the stems, and whether it is a part of them."""
    at = whole.end() if whole else end
    part = OF_MANY.match(flat, at)
    at, stems, is_first = (part.end() if part else at), list[str](), True
    function = wording.function if wording else all_functions()
    for _ in range(MOST_AFTER):
        found = NEXT.match(flat, at)
        if found is None or found[1] in number_words() or (found[1] in function and found[1] not in units()):
            break
        if found[1] in units() and (len(found[1]) > 1 or is_first):
            return found.end(), units()[found[1]], frozenset(), part is not None
        stems.append(found[1][:STEM])
        at, is_first = found.end(), False
    return at, "", frozenset(stems), part is not None


def _before(flat: str, start: int, stems: frozenset[str], wording: Wording | None) -> tuple[str, frozenset[str]]:
    """``day 5``, ``score: 8``."""
    found = PREVIOUS.search(flat, max(0, start - 40), start)
    function = wording.function if wording else all_functions()
    if stems or found is None or found[1] in function or found[1] in number_words():
        return "", stems
    return units().get(found[1], ""), frozenset()


@cache
def all_functions() -> frozenset[str]:
    return frozenset[str]().union(*(one.function for one in all_wordings().values()))


def spellings(values: Iterable[float]) -> set[str]:
    """What a text that has one of them has in it somewhere; for a quick look."""
    found = {f"{value:g}" for value in values} | {f"{int(value)}" for value in values}
    return found | {word for word, known in number_words().items() if float(known) in values}
