"""A sentence held against what it may rest on: it passes, is put right, or is dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from app.receipts.days import Day, Weekday
from app.receipts.evidence import Evidence, Support
from app.receipts.ground import DATED, FIGURE, Ground, Passage, Source
from app.receipts.letters import flat
from app.receipts.numbers import Number
from app.receipts.quotations import Quotation
from app.receipts.sentence import Claim, Place, Sentence
from app.receipts.wording import Wording

MOST_OF_A_QUOTATION = 2  # sources


class Kind(StrEnum):
    QUOTATION = "quotation"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Receipt:
    """``text`` is as it stands in the text."""

    text: str
    source: Source
    is_quotation: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """``text`` is what may be said; None where ``wrong`` says what could not be put right."""

    text: str | None
    receipts: tuple[Receipt, ...] = ()
    wrong: Kind | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    start: int
    end: int
    text: str


def judge(text: str, ground: Ground, wording: Wording | None, place: Place) -> Judgement:
    sentence = Sentence(text, wording, place)
    if not sentence.claims:
        return Judgement(text, tuple(_quoted_by_the_way(sentence, ground)))
    return _Judge(sentence, ground).judged()


def _quoted_by_the_way(sentence: Sentence, ground: Ground) -> Iterator[Receipt]:
    """What is a person's own words though nothing says so."""
    for one in sentence.quotations:
        for passage in ground.quoted(one)[:1] if one.size > 1 else ():
            yield Receipt(one.text, passage.source, is_quotation=True)


class _Wrong(Exception):
    def __init__(self, claim: Claim) -> None:
        super().__init__()
        kinds = {Quotation: Kind.QUOTATION, Number: Kind.NUMBER}
        self.kind = kinds.get(type(claim), Kind.DATE)


@dataclass
class _Judge:
    sentence: Sentence
    ground: Ground

    def judged(self) -> Judgement:
        self.edits: list[Edit] = []
        self.receipts: list[Receipt] = []
        self.dated: list[list[Passage]] = []  # of each claim that only these entries support
        self.unknown: list[Day | Weekday] = []
        self.moved_to: date | None = None
        try:
            for claim in self.sentence.claims:
                self._look(claim)
            self._look_at_days_of_others()
            self._look_at_unknown()
        except _Wrong as wrong:
            return Judgement(None, wrong=wrong.kind)
        return Judgement(self._edited(), tuple(dict.fromkeys(self.receipts)))

    def _look(self, claim: Claim) -> None:
        if isinstance(claim, Quotation):
            self._look_at_quotation(claim)
        elif isinstance(claim, Number):
            self._look_at_number(claim)
        elif isinstance(claim, Day):
            self._look_at_day(claim)
        else:
            self._look_at_weekday(claim)

    def _look_at_quotation(self, one: Quotation) -> None:
        found = self.ground.quoted(one)
        if not found:
            raise _Wrong(one)
        if not self._has_its_day_elsewhere(one):
            self._note_dated([Support(passage.source, passage) for passage in found])
        best = [passage for passage in found if passage.days & self._told_days] or found
        self.receipts += [
            Receipt(one.text, passage.source, is_quotation=True) for passage in best[:MOST_OF_A_QUOTATION]
        ]

    def _has_its_day_elsewhere(self, one: Quotation) -> bool:
        """Whether the day that is told is that of other words: "it began on May 1 with “A”, and led to “B”"."""
        others = (other for other in self.sentence.quotations if other is not one)
        return any(passage.days & self._told_days for other in others for passage in self.ground.quoted(other))

    def _look_at_number(self, one: Number) -> None:
        evidence = Evidence(self.sentence, self.ground, one)
        found, text = evidence.found(), self.sentence.text[one.start : one.end]
        if not found:
            true = evidence.true_value()
            if true is None or true[0] < 2 or max(one.values) < 2:
                raise _Wrong(one)
            text = self._put(one, f"{true[0]:g}", text)
            found = [Support(true[1])]
        self._note_dated(found)
        self.receipts += [Receipt(text.strip(), support.source) for support in found]

    def _look_at_day(self, one: Day) -> None:
        known = next((day for day in self.ground.calendar if one.is_of(day)), None)
        if known is None:
            self.unknown.append(one)
        else:
            self._told(one, self.ground.calendar[known])

    def _look_at_weekday(self, one: Weekday) -> None:
        if self.sentence.days:
            true = next((day for day in self._told_days if one.is_of(day)), None)
            if true is None and len(self._told_days) == 1:
                self._rename(one, next(iter(self._told_days)))
            elif true is None:
                self.unknown.append(one)
            return
        word = f" {self._weekday(one.weekday).lower()}"
        happened = (passage for passage in self.ground.passages if passage.day and passage.source.type in DATED)
        found = [passage for passage in happened if passage.day and one.is_of(passage.day)]
        found = found or [passage for passage in self.ground.passages if flat(word) in passage.compared]
        if found:
            self._told(one, found[0].source)
        else:
            self.unknown.append(one)

    def _look_at_unknown(self) -> None:
        """Those that are still there."""
        moved = {edit.start for edit in self.edits}
        for one in self.unknown:
            if one.start not in moved:
                raise _Wrong(one)

    def _told(self, one: Day | Weekday, source: Source) -> None:
        if source.type != FIGURE or isinstance(one, Day):
            self.receipts.append(Receipt(self.sentence.text[one.start : one.end].strip(), source))

    @cached_property
    def _told_days(self) -> set[date]:
        return {day for one in self.sentence.days for day in self.ground.calendar if one.is_of(day)}

    def _note_dated(self, found: Sequence[Support]) -> None:
        passages = [one.passage for one in found if one.passage]
        if len(passages) == len(found) and any(one.source.type in DATED for one in passages):
            self.dated.append(passages)

    def _look_at_days_of_others(self) -> None:
        """What is told of a day has to be of that day."""
        told: list[Day | Weekday] = [one for one in self.sentence.claims if isinstance(one, Day) and one.day]
        told = told or [one for one in self.sentence.claims if isinstance(one, Weekday)]
        for passages in self.dated if told else ():
            if any(one.is_of(day) for passage in passages for day in passage.days for one in told):
                continue
            if self.moved_to is not None:
                continue
            happened = [passage for passage in passages if passage.source.type in DATED]
            days = {passage.day for passage in happened}
            true = days.pop() if len(days) == 1 else None
            if true is None or len(told) > 1:
                raise _Wrong(told[0])
            self._move(told[0], true, happened[0].source)
        self._look_at_moved(told)

    def _look_at_moved(self, told: Sequence[Day | Weekday]) -> None:
        """What was true of the day before has to be of the one that it was moved to."""
        days = [{day for passage in passages for day in passage.days} for passages in self.dated]
        if self.moved_to and not all(self.moved_to in of_claim for of_claim in days):
            raise _Wrong(told[0])

    def _move(self, one: Day | Weekday, true: date, source: Source) -> None:
        """Puts the true day in place of the one that is told."""
        old = self.sentence.text[one.start : one.end]
        self.moved_to = true
        new = self._rename(one, true) if isinstance(one, Weekday) else self._put(one, self._day(one, true), old)
        for weekday in self.sentence.weekdays if isinstance(one, Day) else ():
            self._rename(weekday, true)
        self.receipts = [one for one in self.receipts if one.text != old.strip()]
        self.receipts.append(Receipt(new, source))

    def _day(self, one: Day, true: date) -> str:
        wording = self.sentence.wording
        if one.form == "iso" or wording is None or one.form not in ("day_month", "month_day"):
            return true.isoformat()
        names = {"day": str(true.day), "month": wording.names["month"][true.month - 1]}
        form = wording.day_month if one.form == "day_month" else wording.month_day
        return form.format(**names) + (f" {true.year}" if one.year else "")

    def _rename(self, one: Weekday, true: date) -> str:
        old = self.sentence.text[one.start : one.end]
        return old if one.is_of(true) else self._put(one, self._weekday(true.weekday()), old)

    def _weekday(self, number: int) -> str:
        wording = self.sentence.wording
        return wording.names["weekday"][number] if wording else ""

    def _put(self, one: Claim, text: str, old: str) -> str:
        if one.start < self.sentence.place.start:
            raise _Wrong(one)
        padded = text + old[len(old.rstrip()) :]
        self.edits = [edit for edit in self.edits if edit.start != one.start]
        self.edits.append(Edit(one.start, one.end, padded))
        return text

    def _edited(self) -> str:
        text = self.sentence.text
        for edit in sorted(self.edits, key=lambda edit: -edit.start):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text
