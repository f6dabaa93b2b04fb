"""Figures of what documents show, as models are given them and as receipts name them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from app.llm.interfaces import Evidence
from app.receipts.ground import DATED, Figure, Source
from app.receipts.letters import flat

STEP = re.compile(r"\[([x ])\] ")  # of a milestone, in a goal's text
DUE = re.compile(r"\(due (\d{4}-\d\d-\d\d)\)")
PERIODS = ((7.0, "day"), (14.0, "day"), (30.0, "day"), (31.0, "day"), (2.0, "week"), (4.0, "week"))
WRITING = frozenset({"wrote"})  # has to be spoken of where days are those on which something was written
DAY = timedelta(days=1)


def goals(documents: Iterable[Evidence], today: date) -> list[Figure]:
    """Milestones that are done, of all, and the days that are left until a date."""
    found = list[Figure]()
    for one in documents:
        if one.kind == "goal":
            source = Source(one.kind, one.source_id)
            found += [*_milestones(one, source), *_left(one, source, today)]
    return found


def _milestones(goal: Evidence, source: Source) -> Iterator[Figure]:
    steps = STEP.findall(goal.text)
    done, total = float(steps.count("x")), float(len(steps))
    if not steps:
        return
    yield Figure("milestones_completed", done, "milestone", whole=total, source=source)
    yield Figure("milestones_total", total, "milestone", source=source)
    yield Figure("milestones_open", total - done, "milestone", "left", source=source)
    yield Figure("milestones_percent", float(round(100 * done / total)), "percent", source=source)


def _left(goal: Evidence, source: Source, today: date) -> Iterator[Figure]:
    for day in _dates([goal.attributes.get("target", ""), *DUE.findall(goal.text)]):
        number = (day - today).days
        yield Figure("days_until", float(abs(number)), "day", "left", source=source)
        yield Figure("weeks_until", float(round(abs(number) / 7)), "week", "left", source=source)


def _dates(texts: Iterable[str]) -> Iterator[date]:
    for text in texts:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text[:10]):
            yield date.fromisoformat(text[:10])


def since(documents: Iterable[Evidence], today: date) -> Iterator[Figure]:
    """How long ago they are."""
    for one in documents:
        number = (today - one.dated_at.date()).days
        if number >= 0:
            source = Source(one.kind, one.source_id)
            yield Figure("days_ago", float(number), "day", "ago", source=source)
            yield Figure("weeks_ago", float(round(number / 7)), "week", "ago", source=source)


def shown(documents: Sequence[Evidence]) -> Iterator[Figure]:
    """How many there are of each kind, and in a row: for whoever is shown all."""
    for kind, unit in (("goal", "goal"), ("progress", "note")):
        number = sum(one.kind == kind for one in documents)
        yield Figure(f"{kind}_shown", float(number), unit)
    yield Figure("days_in_a_row", float(longest(days_of(documents))), "day", "row")


def days_of(documents: Iterable[Evidence]) -> set[date]:
    """On which something was written."""
    return {one.dated_at.date() for one in documents if one.kind == "journal"}


def longest(days: Iterable[date]) -> int:
    """Run of days."""
    known, found = set(days), 0
    for day in known:
        if day - DAY not in known:
            end = day
            while end in known:
                end += DAY
            found = max(found, (end - day).days)
    return found


def moods(counted: Mapping[str, int]) -> Iterator[Figure]:
    for mood, number in counted.items():
        yield Figure(f"mood_{mood}", float(number), "", "mood", frozenset(flat(mood).split()))


def moods_of(documents: Iterable[Evidence]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in documents:
        mood = one.attributes.get("mood", "") if one.kind in DATED else ""
        if mood:
            found[mood] = found.get(mood, 0) + 1
    return found


def periods() -> Iterator[Figure]:
    """Stretches of time that a text speaks of."""
    for value, unit in PERIODS:
        yield Figure("period", value, unit, "period")


def as_data(documents: Sequence[Evidence], today: date) -> dict[str, object]:
    """For a prompt: what a model would else have to count."""
    days = days_of(documents)
    return {
        "days_written_in_a_row": longest(days),
        "goals": [{"id": one.source_id, **_state(one, today)} for one in documents if one.kind == "goal"],
    }


def _state(goal: Evidence, today: date) -> dict[str, object]:
    steps = STEP.findall(goal.text)
    target = next(_dates([goal.attributes.get("target", "")]), None)
    counted = {"milestones_completed": steps.count("x"), "milestones_total": len(steps)}
    return {**counted, "days_until_target": (target - today).days if target else None}


def of_some(documents: Sequence[Evidence], today: date) -> list[Figure]:
    """Of each by itself."""
    return [*goals(documents, today), *since(documents, today), *periods()]


def of_all(documents: Sequence[Evidence], today: date) -> list[Figure]:
    """Those of all together too."""
    return [*shown(documents), *moods(moods_of(documents)), *of_some(documents, today)]
