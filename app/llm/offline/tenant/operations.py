"""Answers about the daily work: what lies behind an issue, what to do, in which order and when."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.llm.offline.reading import Reading, first
from app.llm.offline.tenant.facts import WORKED_ON, Business, Row, amount, clipped, is_open, joined, plain, q, titled
from app.llm.offline.tenant.order import (
    PRIORITIES,
    hours_of,
    in_sequence,
    priority_of,
    state_of,
    urgency_of,
    waits_for,
    work_of,
)

Answer = dict[str, Any]
SINCE = re.compile(r"\b(?:since|after|when|as soon as|because)\s+([^,.;]{6,90})", re.I)
WHERE = re.compile(
    r"\b(?:below|above|during|under|only in|on (?:mon|tues|wednes|thurs|fri|satur|sun)days?|in)\s+[^,.;]{3,60}", re.I
)
HOURS = 8
LONGEST_DAYS = 60


def causes(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    issue = issue_of(business)
    told = plain(issue.get("description")) or titled(issue)
    impact = plain(issue.get("impact"))
    summary = (
        titled(issue) + (f": {clipped(told)}" if told != titled(issue) else "") + (f". {impact}." if impact else "")
    )
    return {"issue_summary": summary[:600], "potential_causes": _causes(issue, told)}


def actions(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    issue = issue_of(business)
    if not issue.get("id"):
        return {}
    return {"suggestions": [_action(business, issue, place, *step) for place, step in enumerate(STEPS)]}


def plan(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    given = business.rows("current_plan", "actions")
    open_ones = sorted((row for row in given if is_open(row) and titled(row)), key=urgency_of)[:8]
    goal = q(titled(business.goal)) if business.goal else "the goal"
    steps = [_step(business, row, place, goal, open_ones) for place, row in enumerate(open_ones)]
    hours = sum(hours_of(row) for row in open_ones)
    known = (
        f"The hours that are recorded add up to {hours:g}."
        if hours
        else "No hours are recorded, so no figure is given."
    )
    why = _order(open_ones, goal) if open_ones else f"No open action is recorded for {goal}, so this is a first one."
    gain = f"One thing at a time instead of {amount(len(open_ones), 'open action')} at once. {known}"
    return {"optimized_plan": steps or [_begun(goal)], "optimization_rationale": why, "efficiency_gain": gain}


def priorities(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    if business.rows("tasks"):
        return {}
    work = work_of(business)
    order = sorted(work, key=urgency_of)
    waiting = {name for row in work for name in waits_for(row)}
    return {"data": [_ranked(row, order.index(row), len(work), plain(row.get("id")) in waiting) for row in work]}


def schedule(reading: Reading, _seed: int) -> Answer:
    """One after the other, the most urgent first, each after what it waits for."""
    business = Business(reading)
    if business.rows("tasks"):
        return {}
    begin = _day(business.data.get("today")) or date(2026, 1, 1)
    made: dict[str, Answer] = {}
    for row in in_sequence(work_of(business)):
        days = min(LONGEST_DAYS, max(1, -(-int(hours_of(row)) // HOURS)))
        made[plain(row["id"])] = _dated(business, row, begin, days)
        begin += timedelta(days=days)
    return {"data": list(made.values())}


def _causes(issue: Row, told: str) -> list[Answer]:
    name, made = q(titled(issue)), []
    if found := SINCE.search(told):
        made.append(
            _cause(
                f"What changed: {clipped(found[1])}",
                "high",
                f"The record says so itself: {q(found[0])}.",
                ["List what else changed in the same weeks", "Compare one case with the change and one without"],
            )
        )
    if found := WHERE.search(told):
        made.append(
            _cause(
                f"Something that only happens {clipped(found[0]).lower()}",
                "high" if not made else "medium",
                f"The record limits it: {q(found[0])}.",
                ["Try it there once on purpose", "Note the circumstances of the next three cases"],
            )
        )
    owner = plain(issue.get("assignedPersonName"))
    owned = f"{owner} works on it, but nobody is named for its causes." if owner else "The record names no owner."
    made += [
        _cause(UNCHECKED, "medium", f"{name} was noticed only once it had happened.", WALK),
        _cause("Nobody in particular is asked to prevent it", "low" if owner else "medium", owned, OWN),
        _cause("It is rarer or more frequent than it looks", "low", "Nothing recorded counts the cases.", COUNT),
    ]
    return made[:4]


def _cause(cause: str, likelihood: str, evidence: str, steps: list[str]) -> Answer:
    return {"cause": cause, "likelihood": likelihood, "evidence": evidence, "investigation_steps": steps}


UNCHECKED = "No check that would catch it before it leaves the house"
WALK = ["Walk through the last case from its beginning", "Mark the first point at which it could have been seen"]
OWN = ["Ask who would have to notice it first", "Give it one owner for a month"]
COUNT = ["Ask three people who could know", "Count the cases of the last three months"]
STEPS = (
    (
        "List every case",
        "Write down where, when and for whom {issue} happened, one line each.",
        3,
        "A list with dates, on which a pattern shows",
        "Some cases were never written down",
    ),
    (
        "Try the likeliest remedy once",
        "Choose one case of {issue}, change one thing, and look again after a week.",
        8,
        "A remedy that works, or one fewer to try",
        "Two changes at once would hide which one helped",
    ),
    (
        "Tell those who wait",
        "Call everybody concerned, say what is known and when they will hear more.",
        2,
        "Nobody has to ask{impact}",
        "A date is promised that can't be kept",
    ),
    (
        "Add one check",
        "Put a check at the first point where {issue} could have been seen.",
        4,
        "The next case is caught before a client sees it",
        "A check that takes too long is skipped",
    ),
)


def _action(
    business: Business, issue: Row, place: int, title: str, what: str, hours: int, outcome: str, risk: str
) -> Answer:
    name = q(titled(issue))
    given = plain(issue.get("priority"))
    priority = given if given in PRIORITIES and place < 3 else "medium"
    impact = f": {clipped(plain(issue.get('impact'))).lower()}" if place == 2 and issue.get("impact") else ""
    return {
        "title": f"{title}: {titled(issue)}"[:100],
        "description": what.format(issue=name),
        "priority": priority,
        "estimatedDuration": hours,
        "estimatedCost": 0,
        "assignmentSuggestion": _hand(business, issue),
        "dependencies": [STEPS[0][0]] if place in (1, 3) else [],
        "confidence": round(0.8 - 0.05 * place, 2),
        "reasoning": REASONS[place].format(issue=name, said=q(plain(issue.get("description")) or titled(issue))),
        "expectedOutcome": outcome.format(impact=impact),
        "risks": [risk],
    }


REASONS = (
    "Everything else rests on knowing the cases; so far there is {said}.",
    "One trial tells more about {issue} than a long debate.",
    "Whoever waits because of {issue} forgives the delay sooner than the silence.",
    "It keeps {issue} from coming back unseen.",
)


def _hand(business: Business, row: Row) -> str:
    """Somebody by name where there is one."""
    named = first(row, ("assignedPersonName", "ownerName", "reporterName", "assignedTo"))
    people = [titled(person) for person in business.rows("people") if titled(person)]
    return clipped(named) or (people[0] if people else "Whoever is nearest to it")


def _step(business: Business, row: Row, place: int, goal: str, every: Sequence[Row]) -> Answer:
    name = titled(row)
    before = [titled(every[place - 1])] if place else []
    state = "is under way already" if state_of(row) == WORKED_ON else "has not begun yet"
    return {
        "title": name[:100],
        "description": plain(row.get("description"))[:500] or f"Finish {q(name)} before the next.",
        "priority": priority_of(row),
        "estimatedDuration": max(1, int(hours_of(row)) or 4),
        "estimatedCost": 0,
        "assignmentSuggestion": _hand(business, row),
        "dependencies": before,
        "confidence": 0.7,
        "reasoning": f"It {state} and has {priority_of(row)} priority for {goal}.",
        "expectedOutcome": f"{name} is done, and {goal} one step nearer"[:400],
        "risks": ["No date is set for it"] if not row.get("dueDate") else ["Its date leaves no room for a delay"],
    }


def _begun(goal: str) -> Answer:
    return {
        "title": "Write down the first three steps",
        "description": f"List three steps towards {goal}, each with a date and one person.",
        "priority": "high",
        "estimatedDuration": 2,
        "estimatedCost": 0,
        "assignmentSuggestion": "Whoever owns the goal",
        "dependencies": [],
        "confidence": 0.6,
        "reasoning": "A plan needs steps before it can be improved.",
        "expectedOutcome": "Three steps that can begin",
        "risks": ["The steps are too large to begin this week"],
    }


def _order(open_ones: Sequence[Row], goal: str) -> str:
    names = joined([q(titled(row)) for row in open_ones[:3]])
    return f"For {goal} the order is {names}: what is under way is finished first, then what has the highest priority."


def _ranked(row: Row, place: int, count: int, awaited: bool) -> Answer:
    now = priority_of(row)
    due, impact = plain(row.get("dueDate")), plain(row.get("impact"))
    wanted = _wanted(now, place, count, awaited, bool(due))
    moved = PRIORITIES.index(wanted) - PRIORITIES.index(now)
    urgent = [f"Due on {due[:10]}"] if due else ["No date is set"]
    urgent += ["Other actions wait for it"] if awaited else []
    return {
        "actionId": plain(row.get("id")),
        "suggestedPriority": wanted,
        "currentPriority": now,
        "reasoning": f"{q(titled(row))} is {_place(place)} of {amount(count, 'action')} by state, priority and date.",
        "confidence": 0.75 if due or awaited else 0.55,
        "urgencyFactors": urgent,
        "impactFactors": [f"Impact: {clipped(impact)}"] if impact else ["No impact is recorded"],
        "recommendedAction": "escalate" if moved > 0 else "de-prioritize" if moved < 0 else "maintain",
    }


def _wanted(now: str, place: int, count: int, awaited: bool, dated: bool) -> str:
    """A step up for the first and what others wait for, a step down for the last of many."""
    step = int(awaited or (place == 0 and dated)) - int(place == count - 1 and count > 2 and not awaited)
    return PRIORITIES[min(3, max(0, PRIORITIES.index(now) + step))]


def _place(place: int) -> str:
    return ("first", "second", "third")[place] if place < 3 else f"{place + 1}th" if place < 20 else "late"


def _dated(business: Business, row: Row, begin: date, days: int) -> Answer:
    end = begin + timedelta(days=days - 1)
    later = begin + timedelta(days=7)
    return {
        "actionId": plain(row.get("id")),
        "suggestedStartDate": begin.isoformat(),
        "suggestedDueDate": end.isoformat(),
        "reasoning": f"{q(titled(row))} has {priority_of(row)} priority and takes about {amount(days, 'day')}.",
        "confidence": 0.7 if hours_of(row) else 0.5,
        "dependencies": waits_for(row)[:20],
        "resourceConsiderations": [f"{_hand(business, row)} needs {amount(days, 'day')} for it"],
        "risks": [] if hours_of(row) else ["No hours are estimated, so a day is assumed"],
        "alternativeSchedules": [
            {
                "startDate": later.isoformat(),
                "dueDate": (later + timedelta(days=days - 1)).isoformat(),
                "rationale": "A week later, should something more urgent come between",
            }
        ],
    }


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def issue_of(business: Business) -> Row:
    found = business.data.get("issue")
    return found if isinstance(found, dict) and titled(found) else {"title": plain(found) or "The issue"}
