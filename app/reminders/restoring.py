"""Reminders of an export, as they may come back: nothing that can't be written here, and nothing that is past."""

from datetime import datetime

from app.core.clock import iso, now
from app.core.errors import BadRequest
from app.core.json import JSONObject, texts_of
from app.core.weeks import exists
from app.db.restoring import moment_of
from app.reminders import occurrences
from app.reminders.occurrences import Schedule

KINDS = {"reminder", "check_in"}
CHANNELS = {"feed", "email", "webhook", "push"}
MOST_A_DAY, LONGEST_COOL_DOWN = 100, 720  # as a client may set them


def reminder(row: JSONObject) -> JSONObject:
    """Its address for the channel ``webhook`` is in no export: it has to be named again."""
    rule, zone, begin = row.get("rrule"), str(row.get("timezone")), _moment(row.get("at"))
    channels = texts_of(row.get("channels"))
    if not exists(zone) or begin is None or not channels or not set(channels) <= CHANNELS:
        raise ValueError("not a reminder")
    if row.get("kind") not in KINDS or not str(row.get("text") or "").strip() or (rule and not _is_rule(rule)):
        raise ValueError("not a reminder")
    return {**row, **_planned(row, Schedule(begin, str(rule) if rule else None, zone))}


def settings(row: JSONObject) -> JSONObject:
    per_day, hours = row.get("per_day"), row.get("cool_down_hours")
    if not isinstance(per_day, int) or not 1 <= per_day <= MOST_A_DAY:
        raise ValueError("not settings of reminders")
    if not isinstance(hours, int | float) or not 0 <= hours <= LONGEST_COOL_DOWN:
        raise ValueError("not settings of reminders")
    return row


def _planned(row: JSONObject, schedule: Schedule) -> JSONObject:
    """What was to come since is not told now: only what is still to come."""
    occurs_at, next_at = _moment(row.get("occurs_at")), _moment(row.get("next_at"))
    if next_at is None or (occurs_at and min(occurs_at, next_at) > now()):
        return {}
    comes = schedule.after(now())
    return {"occurs_at": iso(comes) if comes else None, "next_at": iso(comes) if comes else None}


def _is_rule(rule: object) -> bool:
    try:
        return isinstance(rule, str) and occurrences.normalised(rule) == rule
    except BadRequest:
        return False


def _moment(value: object) -> datetime | None:
    return moment_of(value) if value else None
