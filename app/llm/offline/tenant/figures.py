"""Answers about how the business stands: its measures, its open work, and what both mean for what it wants."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.llm.offline.reading import Reading
from app.llm.offline.tenant.facts import (
    Business,
    Row,
    amount,
    clipped,
    is_open,
    joined,
    plain,
    q,
    rows,
    shown,
    titled,
)
from app.llm.offline.tenant.trends import amount_of, going, growing, moved, told_of, value_before, value_of

Answer = dict[str, Any]
URGENT = ("critical", "high")
MOST = 8


def performance(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    given = business.data.get("performance_data")
    sent = rows(given.get("metrics") or given.get("measures")) if isinstance(given, dict) else rows(given)
    known = {titled(row).lower(): row for row in business.measures}
    merged = {titled(row).lower(): known.get(titled(row).lower(), {}) | row for row in sent if titled(row)}
    every = list((merged | {name: row for name, row in known.items() if name not in merged}).values())
    good = [row for row in every if going(row) > 0]
    poor = [row for row in every if going(row) < 0]
    still = [row for row in every if value_of(row) is not None and row not in good and row not in poor]
    judged = len(good) + len(poor)
    return {
        "effectiveness_score": round(50 + 40 * (len(good) - len(poor)) / judged) if judged else 50,
        "overall_assessment": _assessed(given, good, poor, still),
        "strengths": [told_of(row) for row in good[:6]],
        "weaknesses": [told_of(row) for row in poor[:6]],
        "recommendations": _advised(poor, still),
    }


def metrics(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    known = [(row, value) for row in business.measures if (value := value_of(row)) is not None and titled(row)]
    made = [
        {"name": titled(row)[:100], "value": value, "unit": plain(row.get("unit"))[:40], "comment": moved(row)}
        for row, value in known[:15]
    ]
    work, issues = business.rows("actions"), business.rows("issues")
    counts = {"Open goals": len(business.goals), "Open actions": len(_open(work)), "Open issues": len(_open(issues))}
    made += [{"name": name, "value": float(count), "unit": "", "comment": ""} for name, count in counts.items()]
    lead = joined([f"{titled(row)} at {amount_of(row)}" for row, _ in known[:3]])
    rest = joined([amount(count, name.lower().removesuffix("s")) for name, count in counts.items()])
    summary = f"{lead or 'No measure has a value yet'}; {rest}."
    return {
        "business_data": {
            "summary": summary,
            "metrics": made,
            "highlights": [told_of(row) for row in growing(business)],
        }
    }


def operations(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    work, issues = business.rows("actions"), business.rows("issues")
    open_work, open_issues = _open(work), _open(issues)
    asked = clipped(plain(business.data.get("analysis_type"))) or "general"
    findings = {
        "summary": f"{_states(work, 'action')} {_states(issues, 'issue')}".strip(),
        "strengths": [f"{q(titled(row))} is done" for row in work if not is_open(row)][:4],
        "weaknesses": [f"{q(titled(row))} is open{_said(row)}" for row in open_issues[:4]],
        "opportunities": [
            f"{q(titled(row))} has not begun and could go to somebody with time"
            for row in open_work
            if plain(row.get("status")) == "not_started"
        ][:4],
        "threats": [f"{q(titled(row))} has no date" for row in open_work if not row.get("dueDate")][:4],
    }
    advice = [
        _recommended(f"Settle {q(titled(row))}", f"Give it an owner and a date{_said(row)}.", row)
        for row in open_issues
    ]
    advice += [
        _recommended(f"Finish {q(titled(row))}", "Finish it before anything else begins.", row) for row in open_work
    ]
    nothing = _recommended(
        "Record what is going on", "Enter the open actions and issues, so that there is something to judge.", {}
    )
    return {
        "analysis_type": "action_plan",
        "specific_analysis_type": asked[:100],
        "findings": findings,
        "recommendations": advice[:4] or [nothing],
        "priority_actions": [titled(row) for row in sorted(open_work, key=_rank)[:3] if titled(row)],
    }


def swot(reading: Reading, _seed: int) -> Answer:
    business = Business(reading)
    found = {
        "strengths": _strengths(business),
        "weaknesses": _weaknesses(business),
        "opportunities": _chances(business),
        "threats": _threats(business),
    }
    return {
        name: texts[:MOST] or [f"Nothing is recorded yet that would show one: add {LACKS[name]}"]
        for name, texts in found.items()
    }


LACKS = {
    "strengths": "what you promise and what you measure",
    "weaknesses": "measures with their history",
    "opportunities": "your clients and what troubles them",
    "threats": "your goals and your market",
}


def _strengths(business: Business) -> list[str]:
    proposition = business.foundation.get("proposition")
    inner = proposition.get("keyDifferentiators") if isinstance(proposition, dict) else None
    own = [plain(item) for item in inner if plain(item)] if isinstance(inner, list) else []
    made = [f"You promise something of your own: {q(business.promise)}"] if business.promise else []
    return [*made, *(f"You differ by {q(text)}" for text in own[:2]), *map(told_of, growing(business)[:3])]


def _weaknesses(business: Business) -> list[str]:
    made = [told_of(row) for row in business.measures if going(row) < 0][:3]
    undated = [row for row in business.goals if not _dated(row)]
    return made + [f"{q(titled(row))} is at {_progress(row)} and has no date" for row in undated[:2]]


def _chances(business: Business) -> list[str]:
    whom = f"Clients such as {q(business.client)} live" if business.client else "Your clients live"
    made = [f"{whom} with {q(business.pain)}, which you can end"] if business.pain else []
    return made + [
        f"{q(titled(row))} is begun and can be taken further" for row in business.strategies[:3] if titled(row)
    ]


def _threats(business: Business) -> list[str]:
    made = [f"Somebody else may answer {q(business.pain)} first"] if business.pain else []
    many = f"{amount(len(business.goals), 'open goal')} compete for the same hours"
    one = [f"Much hangs on a single goal, {q(titled(business.goals[0]))}"] if len(business.goals) == 1 else []
    return [*made, *one, *([many] if len(business.goals) > 2 else [])]


def _severity(row: Row) -> str:
    said = plain(row.get("priority"))
    return said if said in ("critical", "high", "medium", "low") else "medium"


def _rank(row: Row) -> int:
    return ("critical", "high", "medium", "low").index(_severity(row))


def _open(found: Sequence[Row]) -> list[Row]:
    return [row for row in found if is_open(row)]


def _dated(row: Row) -> bool:
    return any(row.get(name) for name in ("targetDate", "dueDate", "endDate"))


def _progress(row: Row) -> str:
    return f"{plain(row.get('progress')) or 0}%"


def _said(row: Row) -> str:
    impact = plain(row.get("impact")) or plain(row.get("description"))
    return f": {clipped(impact)}" if impact else ""


def _states(found: Sequence[Row], noun: str) -> str:
    counted = Counter(plain(row.get("status")).replace("_", " ") or "without a state" for row in found)
    if not counted:
        return f"No {noun} is recorded."
    return f"{amount(len(found), noun)}: {joined([f'{count} {state}' for state, count in counted.most_common(4)])}."


def _recommended(title: str, text: str, row: Row) -> Answer:
    return {"title": title[:150], "description": text[:600], "priority": _severity(row)}


def _assessed(given: Any, good: Sequence[Row], poor: Sequence[Row], still: Sequence[Row]) -> str:
    period = plain(given.get("period")) if isinstance(given, dict) else ""
    lines = [f"For {clipped(period)}:" if period else ""]
    lines += [f"{'; '.join(map(told_of, found[:3]))}." for found in (good, poor) if found]
    lines += [f"{joined([titled(row) for row in still[:3]])}: a single value is no trend."] if still else []
    return (
        " ".join(filter(None, lines))[:1500]
        if good or poor or still
        else "No measure has a value that could be judged."
    )


def _advised(poor: Sequence[Row], still: Sequence[Row]) -> list[str]:
    made = [f"Find out what moved {titled(row)}{_from(row)}, and look at it weekly until it turns" for row in poor[:3]]
    made += [f"Record {titled(row)} again next month, so that there is something to compare" for row in still[:2]]
    return [text[:400] for text in made] or ["Keep doing what moved the figures, and write down what it was"]


def _from(row: Row) -> str:
    before = value_before(row)
    return f" from {shown(before)} to {shown(value_of(row) or 0)}" if before is not None else ""
