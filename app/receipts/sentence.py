"""A sentence, and what in it claims something about a person.

What is advised claims nothing: its numbers are of what may come. In what somebody writes *about* a person (``strict``)
all else is a claim; in a conversation that which is about them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from app.receipts.days import Day, Weekday, days, weekdays
from app.receipts.letters import flat
from app.receipts.numbers import Number, numbers
from app.receipts.quotations import Quotation, quotations
from app.receipts.wording import Wording

BULLET = re.compile(r"\s*(?:(?:[-*•+>]|\d{1,2}[.)])\s+|#+\s+)*")
BOUNDARY = re.compile(r"[,;:()\[\]](?!\d)|\s[–—-]\s|—|\bbecause\b|\bsince\b|\bweil\b|\bcar\b|\bporque\b|\bperche\b")
FIRST = re.compile(r"[\W_]*([^\W\d_]+)")
OWN_UNITS = frozenset({"entry", "goal", "milestone", "note"})
ABSTRACT = frozenset({"step"})  # of which there may be a few on anybody's way
FEW = 5.0
SHORT = 2  # words of a quotation that may only be somebody's way of speaking
NEAR_BEFORE, NEAR_AFTER = 24, 40
CLOSE = 16  # characters
ALWAYS = frozenset({"24/7"})

Claim = Quotation | Day | Weekday | Number


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence stands. ``start``: what is before has been said. ``is_advice``: it is among advice."""

    strict: bool = False
    is_advice: bool = False
    start: int = 0


@dataclass(frozen=True)
class Sentence:
    text: str
    wording: Wording | None
    place: Place

    @cached_property
    def quotations(self) -> list[Quotation]:
        return quotations(self.text)

    @cached_property
    def plain(self) -> str:
        """Without what is quoted."""
        return _blank(flat(self.text), self.quotations)

    @cached_property
    def days(self) -> list[Day]:
        return days(self.plain, [self.wording]) if self.wording else []

    @cached_property
    def weekdays(self) -> list[Weekday]:
        return weekdays(_blank(self.plain, self.days), self.wording) if self.wording else []

    @cached_property
    def numbers(self) -> list[Number]:
        begin = BULLET.match(self.plain)
        rest = _blank(self.plain, [*self.days, *self.weekdays])
        rest = " " * (begin.end() if begin else 0) + rest[begin.end() if begin else 0 :]
        for idiom in ALWAYS:
            rest = rest.replace(idiom, " " * len(idiom))
        return numbers(rest, self.wording) if self.wording else []

    @cached_property
    def claims(self) -> list[Claim]:
        """In the order of the text."""
        quoted = [one for one in self.quotations if self._is_quoted(one)]
        timed: list[Claim] = [*self.days, *self.weekdays]
        timed = [one for one in timed if self._is_meant(one.start, one.end)]
        counted = [one for one in self.numbers if self._is_counted(one)]
        return sorted([*quoted, *timed, *counted], key=lambda one: one.start)

    @cached_property
    def undated(self) -> str:
        """Without dates: May is no verb then."""
        return _blank(self.plain, self.days)

    def has(self, mark: str, text: str | None = None) -> bool:
        return self.wording is not None and self.wording.is_marked(mark, self.undated if text is None else text)

    def clause(self, start: int, end: int) -> str:
        edges = [(one.start(), one.end()) for one in BOUNDARY.finditer(self.plain)]
        first = max((edge[1] for edge in edges if edge[1] <= start), default=0)
        last = min((edge[0] for edge in edges if edge[0] >= end), default=len(self.plain))
        return self.undated[first:last]

    def near(self, one: Number) -> str:
        """The words around a number and what it counts, in its clause."""
        clause, behind = self.clause(one.start, max(one.end, one.after)), max(one.after - one.start, 0)
        at = clause.find(self.plain[one.start : one.end])
        return clause[max(0, at - CLOSE) : at + behind + CLOSE]

    @property
    def content(self) -> list[str]:
        """Stems of what it is about."""
        return [word[: max(4, len(word) - 3)] for word in self.words]

    @property
    def words(self) -> list[str]:
        """What it is about."""
        wording = self.wording
        if wording is None:
            return []
        plain = _blank(self.plain, [*self.days, *self.weekdays, *self.numbers])
        words = re.findall(r"[^\W\d_]+", plain)
        return [word for word in words if word not in wording.generic | wording.function and len(word) > 2]

    def _is_quoted(self, one: Quotation) -> bool:
        if self.wording is None:
            return one.size > SHORT and self.place.strict
        if self.has("said"):
            return True
        if one.size <= SHORT or self._is_advised(self.undated[: one.start]):
            return False
        return self.place.strict or bool(self.days) or self.has("past")

    def _is_advised(self, before: str) -> bool:
        return self.has("advising", before[-60:]) or self._begins_with_advice(before)

    def _is_counted(self, one: Number) -> bool:
        clause = self.clause(one.start, max(one.end, one.after))
        if self.has("past", clause):
            return True
        if self._is_free(one):
            return False
        if one.unit in OWN_UNITS and not self._advises(clause):
            return True
        return self._is_meant(one.start, max(one.end, one.after))

    def _is_free(self, one: Number) -> bool:
        wording, behind = self.wording, self.plain[one.end : max(one.after, one.end)]
        if wording is None:
            return True
        if one.unit in ABSTRACT and max(one.values) <= FEW:
            return True
        following = re.findall(r"[^\W\d_]+", self.plain[one.end : one.end + NEAR_AFTER])[:3]
        return not one.unit and any(word in wording.free for word in (*behind.split(), *following))

    def _is_meant(self, start: int, end: int) -> bool:
        """Whether it is told of what was, and not of what may come."""
        clause = self.clause(start, end)
        if self.has("past", clause):
            return True
        if self._advises(clause):
            return False
        if self.has("lately", clause) or (self.place.strict and not self._is_all_advice):
            return True
        return not self._is_all_advice and (self.has("own") or bool(self.days))

    @property
    def _is_all_advice(self) -> bool:
        asked = self.plain.rstrip(' \n"*_)').endswith("?") and not self.has("past")
        if self.has("condition", self.undated[:NEAR_BEFORE]):
            return True
        return asked or self.place.is_advice or self._begins_with_advice(self.undated)

    def _advises(self, clause: str) -> bool:
        return self.has("advice", clause) or self._begins_with_advice(clause)

    def _begins_with_advice(self, text: str) -> bool:
        begin = BULLET.match(text)
        at = begin.end() if begin else 0
        first = FIRST.match(text, at)
        if self.has("praise", text[at : at + NEAR_BEFORE]):
            return False
        return first is not None and self.wording is not None and first[1] in self.wording.imperatives


def _blank(text: str, places: Iterable[Claim]) -> str:
    for one in places:
        text = f"{text[: one.start]}{' ' * (one.end - one.start)}{text[one.end :]}"
    return text
