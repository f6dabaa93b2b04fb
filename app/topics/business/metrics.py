"""The business in figures, counted from the workspace: no model is asked."""

from collections.abc import Iterable, Mapping

from app.core.json import JSONObject, JSONValue, objects_of
from app.workspace.sources.interfaces import DataAccess, Gathered, Source, Sources

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
    measures = {_plain(row.get("name") or row.get("title")): row for row in reversed(_rows(found, Source.MEASURES))}
    return {
        "revenue": _revenue(_measure(measures, ("revenue", "totalrevenue", "monthlyrevenue"))),
        "customers": _customers(measures),
        "operations": {
            "activeGoals": _count(_rows(found, Source.GOALS), OPEN_GOALS),
            "completedActions": _count(_rows(found, Source.ACTIONS), {"completed", "done"}),
            "openIssues": _count(_rows(found, Source.ISSUES), OPEN_ISSUES),
        },
        "team": {
            "size": len(_rows(found, Source.PEOPLE)),
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


def _rows(found: Gathered, source: Source) -> list[JSONObject]:
    return objects_of(found.get(source))


def _count(rows: list[JSONObject], statuses: Iterable[str]) -> int:
    wanted = set(statuses)
    return sum(_status(row) in wanted for row in rows)


def _status(row: JSONObject) -> str:
    return str(row.get("status") or row.get("statusCategory") or "").lower().replace(" ", "_")


def _plain(name: object) -> str:
    return "".join(letter for letter in str(name or "").lower() if letter.isalnum())
