"""The business in figures, counted from the workspace: no model is asked."""

from collections.abc import Container, Iterable, Mapping

from app.core.json import JSONObject, JSONValue, objects_of
from app.workspace.sources.interfaces import DataAccess, Source, Sources

SOURCES = (Source.MEASURES, Source.GOALS, Source.ACTIONS, Source.ISSUES, Source.PEOPLE)
OPEN_GOALS = frozenset({"active", "in_progress", "not_started", "paused"})
OPEN_ISSUES = frozenset({"open", "in_progress"})
NEW = ("newcustomers", "newcustomer")
LOST = ("churnedcustomers", "customerschurned", "churned", "lostcustomers")
TOTAL = ("customers", "totalcustomers", "activecustomers", "customercount")
KEPT = ("retentionrate", "customerretentionrate", "customerretention", "retention")


def summary(sources: Sources, access: DataAccess) -> JSONObject:
    """``{revenue, customers, operations, team}``; what nobody measures is 0 or null, what can't be read is left so."""
    found = sources.gather(SOURCES, access, {})
    rows = {source: objects_of(found.get(source)) for source in SOURCES}
    measures = {_plain(row.get("name") or row.get("title")): row for row in reversed(rows[Source.MEASURES])}
    return {
        "revenue": _revenue(_measure(measures, ("revenue", "totalrevenue", "monthlyrevenue"))),
        "customers": _customers(measures),
        "operations": {
            "activeGoals": _count(rows[Source.GOALS], OPEN_GOALS),
            "completedActions": _count(rows[Source.ACTIONS], {"completed", "done"}),
            "openIssues": _count(rows[Source.ISSUES], OPEN_ISSUES),
        },
        "team": {
            "size": len(rows[Source.PEOPLE]),
            "utilization": _value(measures, ("utilization", "teamutilization")),
            "satisfaction": _value(measures, ("satisfaction", "teamsatisfaction", "employeesatisfaction")),
        },
    }


def _revenue(measure: JSONObject) -> JSONObject:
    names = {"current": "currentValue", "previous": "previous", "trend": "trend", "changePercent": "changePercent"}
    found = {name: measure.get(field) for name, field in names.items()}
    return {**found, "current": found["current"] or 0}


def _customers(measures: Mapping[str, JSONObject]) -> JSONObject:
    total, lost, kept = _value(measures, TOTAL), _value(measures, LOST), _value(measures, KEPT)
    if kept is None and total and isinstance(total, int | float) and isinstance(lost, int | float):
        kept = round(100 * (1 - lost / (total + lost)), 1)
    return {"total": total or 0, "new": _value(measures, NEW) or 0, "churned": lost or 0, "retentionRate": kept}


def _measure(measures: Mapping[str, JSONObject], names: Iterable[str]) -> JSONObject:
    return next((measures[name] for name in names if name in measures), {})


def _value(measures: Mapping[str, JSONObject], names: Iterable[str]) -> JSONValue:
    return _measure(measures, names).get("currentValue")


def _count(rows: list[JSONObject], statuses: Container[str]) -> int:
    found = (str(row.get("status") or row.get("statusCategory") or "").lower().replace(" ", "_") for row in rows)
    return sum(status in statuses for status in found)


def _plain(name: object) -> str:
    return "".join(letter for letter in str(name or "").lower() if letter.isalnum())
