"""What a text about a person may rest on: what they wrote, and figures that were computed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from app.llm.interfaces import Evidence
from app.receipts.days import Day, days
from app.receipts.letters import compared, flat
from app.receipts.numbers import CLOCK, PERCENT, Number, numbers, spellings
from app.receipts.quotations import Quotation, is_within
from app.receipts.wording import all_wordings, wording_of

FIGURE, SAID = "figure", "message"  # types of what is no row that texts are made from
DATED = frozenset({"journal", "progress", "milestone"})  # what happened on its day
PERCENTAGES = frozenset({"progress"})  # facts of documents that are


@dataclass(frozen=True, slots=True)
class Source:
    """What a receipt names."""

    type: str
    id: str


@dataclass(frozen=True)
class Passage:
    """A text that the model was shown. ``day`` is that on the person's calendar."""

    source: Source
    text: str
    day: date | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def plain(self) -> str:
        return flat("\n".join([self.text, *(f"{name}: {value}" for name, value in self.facts.items())]))

    @cached_property
    def compared(self) -> str:
        return compared(self.plain)

    @cached_property
    def numbers(self) -> list[Number]:
        percentages = (Number(0, 0, frozenset({float(value)}), PERCENT) for value in self._percentages)
        plain = self.plain
        for one in self._days:
            plain = f"{plain[: one.start]}{' ' * (one.end - one.start)}{plain[one.end :]}"
        return [*numbers(plain, None), *percentages]

    @cached_property
    def _days(self) -> list[Day]:
        return days(self.plain, [*all_wordings().values()])

    @cached_property
    def days(self) -> frozenset[date]:
        """Its own, and those that it names; a year that is not told is that of its own day."""
        year = self.day.year if self.day else date.min.year
        named = (date_of(one.year or year, one.month, one.day) for one in self._days)
        return frozenset(day for day in (self.day, *named) if day)

    @property
    def _percentages(self) -> Iterator[str]:
        return (value for name, value in self.facts.items() if name in PERCENTAGES and value.isdigit())

    @cached_property
    def language(self) -> str:
        found = wording_of(self.text)
        return found.code if found else ""

    def has(self, wanted: Number, language: str) -> bool:
        """Words for things that are not known can't be compared with those of another language."""
        is_there = wanted.unit == CLOCK or any(spelling in self.plain for spelling in spellings(wanted.values))
        is_foreign = is_there and not wanted.unit and bool(wanted.stems) and self.language != language
        told = replace(wanted, stems=frozenset()) if is_foreign else wanted
        return is_there and any(told.means(known) and not (is_foreign and known.unit) for known in self.numbers)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that code has computed; ``source`` says of what.

    ``when`` is the mark that has to stand beside it ("left", "row", "ago"), ``about`` are words of which one has to.
    ``whole`` is what it is a part of. One that ``is_main`` is what is meant where nothing else is said.
    """

    name: str
    value: float
    unit: str
    when: str = ""
    about: frozenset[str] = frozenset()
    whole: float | None = None
    source: Source | None = None
    is_main: bool = False

    @property
    def told(self) -> Source:
        return self.source or Source(FIGURE, self.name)


@dataclass(frozen=True)
class Ground:
    """``today`` is the person's; ``titles`` are of goals, by their ids. ``hint`` is the language that is wanted."""

    passages: Sequence[Passage] = ()
    figures: Sequence[Figure] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    today: date | None = None
    hint: str = ""

    @cached_property
    def calendar(self) -> Mapping[date, Source]:
        """Days that are known, each with what is of that day, which happened then if anything did."""
        found = {day: Source(FIGURE, name) for name, day in self.dates.items()}
        found |= {day: one.source for one in self.passages for day in one.days}
        return found | {one.day: one.source for one in self.passages if one.day and one.source.type in DATED}

    @cached_property
    def titles(self) -> Mapping[Source, str]:
        """Of goals."""
        goals = (one for one in self.passages if one.source.type == "goal")
        return {one.source: compared(one.text.partition("\n")[0]) for one in goals}

    def quoted(self, wanted: Quotation) -> list[Passage]:
        parts = wanted.parts
        return [one for one in self.passages if is_within(parts, one.compared)]

    def having(self, wanted: Number, language: str) -> list[Passage]:
        return [one for one in self.passages if one.has(wanted, language)]

    def about(self, wanted: Iterable[str]) -> list[Passage]:
        """Dated passages that have all of these words, whatever their ends."""
        stems = list(wanted)
        return [
            one
            for one in self.passages
            if one.source.type in DATED and all(f" {stem}" in one.compared for stem in stems)
        ]


def passages_of(documents: Iterable[Evidence]) -> list[Passage]:
    return [
        Passage(Source(one.kind, one.source_id), f"{one.title}\n{one.text}", one.dated_at.date(), one.attributes)
        for one in documents
    ]


def said(texts: Iterable[str], name: str = "") -> list[Passage]:
    """What was said in the conversation ``name``."""
    return [Passage(Source(SAID, name), text) for text in texts if text.strip()]


def date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


Told = Callable[[], Ground]
