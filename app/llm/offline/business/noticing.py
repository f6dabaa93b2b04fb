"""What stands out in a business: figures that move, goals without legs, what is overdue, and what is not there yet."""

from collections.abc import Iterator
from typing import Any

from app.llm.offline.business.data import Row, foundation, rows, short, texts, title
from app.llm.offline.business.planning import day, today_of
from app.llm.offline.reading import DONE, Reading

Answer = dict[str, Any]
MOST = 8
FEWEST = 3


def insights(reading: Reading) -> Answer:
    found = [*_moving(reading), *_loose_goals(reading), *_overdue(reading), *_issues(reading), *_missing(reading)]
    return {"insights": found[:MOST]}


def insight(head: str, body: str, category: str, priority: str, kind: str, effort: str = "medium") -> Row:
    gain = {"critical": "high", "high": "high", "medium": "medium"}.get(priority, "low")
    return {
        "title": head[:150], "description": body[:1000], "category": category, "priority": priority,
        "kiss_category": kind, "alignment_impact": AIMS[kind], "business_impact": gain, "effort_required": effort,
    }  # fmt: skip


AIMS = {
    "keep": "It carries the goals that are under way.",
    "improve": "The goals come nearer when it gets better.",
    "start": "Without it, nobody can see whether the goals are reached.",
    "stop": "It takes strength from the goals.",
}


def _moving(reading: Reading) -> Iterator[Row]:
    for row in rows(reading, "measures"):
        change, name = row.get("changePercent"), title(row)
        if not name or not isinstance(change, int | float) or not change:
            continue
        wanted = "down" if str(row.get("direction") or "").lower() == "down" else "up"
        good = (change > 0) == (wanted == "up")
        moved = f"{short(name)} {'rose' if change > 0 else 'fell'} by {abs(change):g}%"
        rest = "Find out what helped, and do it again." if good else "Ask this week what lies behind it."
        head = f"{name}: {'moving well' if good else 'moving the wrong way'}"
        rate, kind = ("medium", "keep") if good else ("high", "improve")
        yield insight(head, f"{moved}. {rest}", "operations", rate, kind)


def _loose_goals(reading: Reading) -> Iterator[Row]:
    linked = {str(row.get("goalId") or row.get("goal_id")) for row in rows(reading, "strategies")}
    for row in rows(reading, "goals"):
        if _is_open(row) and str(row.get("id")) not in linked and not texts(row.get("strategies")):
            body = f"The goal {short(title(row))} has no strategy yet. Write down one way to reach it, and who begins."
            yield insight(f"No strategy for {short(title(row), 8)}", body, "strategy", "high", "start", "low")


def _overdue(reading: Reading) -> Iterator[Row]:
    today = today_of(reading)
    late = [row for row in rows(reading, "actions") if _is_open(row) and _is_late(row, today)]
    if late:
        names = ", ".join(short(title(row), 8) for row in late[:3])
        body = f"{len(late)} of the actions should be done by now: {names}. Finish them, move them, or drop them."
        yield insight("Overdue actions", body, "operations", "high", "improve", "low")


def _is_late(row: Row, today: Any) -> bool:
    due = day(row.get("dueDate") or row.get("due_date"))
    return bool(due and today and due < today)


def _issues(reading: Reading) -> Iterator[Row]:
    for row in [row for row in rows(reading, "issues") if _is_open(row)][:3]:
        rate = str(row.get("priority") or row.get("impact") or "medium").lower()
        rate = rate if rate in {"low", "medium", "high", "critical"} else "medium"
        body = f"The issue {short(title(row))} is open. Name one person who finds out where it comes from."
        yield insight(f"Open issue: {title(row)}", body, "operations", rate, "improve")


def _missing(reading: Reading) -> list[Row]:
    """What would have to be written down before anything could be said."""
    made = [row for name, row in GAPS.items() if not reading.data.get(name)]
    made += [] if foundation(reading) else [NO_FOUNDATION]
    return made[:FEWEST]


GAPS = {
    "goals": insight(
        "No goals are written down", "Choose the one result that would make this year a good one, and give it a date.",
        "strategy", "high", "start", "low",
    ),
    "measures": insight(
        "Nothing is measured yet", "Begin with revenue and one number about your customers; once a month is enough.",
        "finance", "medium", "start", "low",
    ),
    "issues": insight(
        "No issues are recorded", "Ask the team what cost them time last week, and write the first three answers down.",
        "leadership", "low", "start", "low",
    ),
}  # fmt: skip
NO_FOUNDATION = insight(
    "The foundation is empty", "Write one sentence each on vision and purpose, so that goals can be held against them.",
    "leadership", "medium", "start", "low",
)  # fmt: skip


def _is_open(row: Row) -> bool:
    return str(row.get("status") or "").lower() not in {*DONE, "closed", "cancelled"}
