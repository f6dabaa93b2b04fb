"""Whether a number in a sentence is true: it is in a source, or a figure, or follows from how often words come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from app.receipts.ground import DATED, Figure, Ground, Passage, Source
from app.receipts.letters import compared
from app.receipts.numbers import TIME, Number
from app.receipts.sentence import Sentence

COUNTABLE = frozenset({"entry", TIME, "day", "note", ""})  # by which it is said how often something came up
SPANS = frozenset({"minute", "hour", "day", "night", "week", "month", "year"})
MODES = {  # marks beside a number, and what it may count then
    "left": SPANS | {"milestone"}, "row": SPANS | {TIME, "entry"}, "ago": SPANS, "period": SPANS,
}  # fmt: skip
LEAST_LISTED = 2  # days
WITHIN = 0.06  # of what is rounded
MOST = 6  # sources of one number
MOOD, ENTRY = "mood", "entry"


@dataclass(frozen=True, slots=True)
class Support:
    source: Source
    passage: Passage | None = None


@dataclass(frozen=True)
class Evidence:
    """For one number."""

    sentence: Sentence
    ground: Ground
    number: Number

    def found(self) -> list[Support]:
        ways = (self._figures(), self._passages(), self._mentions(), self._listed(), self._sums())
        return next((found for way in ways if (found := list(way))), [])[:MOST]

    def true_value(self) -> tuple[float, Source] | None:
        """What it should be, where only one thing can be meant."""
        known = [one for one in self.ground.figures if self._is_the_same(one)]
        if self.mode not in ("", "left"):
            return None
        if self.number.unit == ENTRY:
            return self._true_count(known)
        is_told = self._named and (self.mode == "left" or self.number.unit == "percent" or self.number.whole)
        values = {one.value for one in known}
        return (known[0].value, known[0].told) if is_told and len(values) == 1 else None

    def _true_count(self, known: list[Figure]) -> tuple[float, Source] | None:
        if self._stems or self.number.is_part or self._is_particular:  # who can tell what counts
            return None
        return next(((one.value, one.told) for one in known if one.is_main), None)

    @cached_property
    def mode(self) -> str:
        """How a stretch of time, or a number of things, is meant."""
        near = self.sentence.near(self.number)
        return next(
            (mode for mode, of in MODES.items() if self.number.unit in of and self.sentence.has(mode, near)), ""
        )

    @cached_property
    def _near(self) -> str:
        return self.sentence.clause(self.number.start, max(self.number.end, self.number.after))

    @cached_property
    def _named(self) -> list[Source]:
        """Goals that the sentence names."""
        told = compared(self.sentence.text)
        return [source for source, title in self.ground.titles.items() if title.strip() and title in told]

    @property
    def _is_particular(self) -> bool:
        """Whether it counts some of many: "3 entries about work"."""
        behind = self.sentence.plain[max(self.number.after, self.number.end) :].lstrip(" *_")
        return self.sentence.wording is not None and self.sentence.wording.marks["part"].match(behind) is not None

    def _figures(self) -> Iterator[Support]:
        for one in self.ground.figures:
            if one.value in self.number.values and self._is_meant(one):
                yield Support(one.told)
                return

    def _is_meant(self, one: Figure) -> bool:
        if one.when == MOOD:
            return self.number.unit in COUNTABLE and self._speaks_of(one)
        if (one.unit == ENTRY or one.about) and (self.number.is_part or self._is_particular):
            return False
        return self._is_the_same(one) and (not one.about or self.sentence.has("wrote"))

    def _is_the_same(self, one: Figure) -> bool:
        """A figure of the same kind, of a goal that is meant."""
        if one.unit != self.number.unit or one.when != self.mode or one.when == MOOD:
            return False
        if self.number.whole and one.whole not in self.number.whole:
            return False
        return one.source not in self.ground.titles or not self._named or one.source in self._named

    def _speaks_of(self, one: Figure) -> bool:
        return any(f" {word} " in compared(self.sentence.plain) for word in one.about)

    def _passages(self) -> Iterator[Support]:
        language = self.sentence.wording.code if self.sentence.wording else ""
        for one in self.ground.having(self.number, language):
            if not self.mode or self.mode == "period" or self.sentence.has(self.mode, one.plain):
                yield Support(one.source, one)

    def _mentions(self) -> Iterator[Support]:
        """The entries that have all the words that the sentence is about, if there are so many."""
        if self.number.unit not in COUNTABLE or self.mode:
            return
        found = self._about()
        least = sum(all(f" {word} " in one.compared for word in self._words) for one in found)
        counts = {*map(float, range(least or len(found), len(found) + 1)), float(len({one.day for one in found}))}
        if found and counts & self.number.values:
            yield from (Support(one.source) for one in found)

    def _listed(self) -> Iterator[Support]:
        """The entries of the days that are named beside it: "in 3 entries (2, 4 and 5 May)"."""
        named = [one for one in self.sentence.days if one.day]
        if self.number.unit not in ("entry", "day", TIME) or self.mode or len(named) < LEAST_LISTED:
            return
        found = [one for one in self._dated if one.day and any(day.is_of(one.day) for day in named)]
        if any(len(named) <= value <= len(found) for value in self.number.values):
            yield from (Support(one.source) for one in found)

    def _about(self) -> list[Passage]:
        return self.ground.about(self._stems) if self._stems else []

    @property
    def _words(self) -> list[str]:
        return Sentence(self._near, self.sentence.wording, self.sentence.place).words

    @cached_property
    def _stems(self) -> list[str]:
        """Of the words that its clause is about."""
        clause = Sentence(self._near, self.sentence.wording, self.sentence.place)
        return clause.content or [
            stem for one in self.sentence.quotations for part in one.parts for stem in part.split()
        ]

    def _sums(self) -> Iterator[Support]:
        """The sum or the mean of what entries say."""
        ways = [name for name in ("total", "average") if self.sentence.has(name)]
        if not ways or not self.number.unit:
            return
        told = [(value, one) for one in self._dated for value in self._values(one)]
        if len(told) > 1 and any(self._is_close(_made(way, [value for value, _ in told])) for way in ways):
            yield from (Support(one.source) for _, one in told)

    @property
    def _dated(self) -> Iterable[Passage]:
        return (one for one in self.ground.passages if one.source.type in DATED)

    def _values(self, one: Passage) -> list[float]:
        return [min(known.values) for known in one.numbers if known.unit == self.number.unit]

    def _is_close(self, value: float) -> bool:
        return any(abs(value - one) < WITHIN for one in self.number.values)


def _made(way: str, values: list[float]) -> float:
    return sum(values) / (len(values) if way == "average" else 1)
