"""What a person wishes for that one of the request's tools can do: a goal, a note, an entry, in their own words."""

import calendar
import re
from datetime import date, timedelta
from functools import cache

from app.core.json import JSONObject
from app.llm.interfaces import ToolCall
from app.llm.offline.lexicon import WORDS, table
from app.llm.offline.material import Material
from app.llm.offline.things import Thing
from app.llm.offline.words import a_date, bare, capital, clip, stem, words

USUAL = timedelta(days=90)  # for a goal, where no day is named
WISHES = table("wishes")
TOOLS = ("goal_complete", "progress_add", "journal_create", "goal_create")  # the first that fits


def is_offered(material: Material) -> bool:
    return any(tool.name in TOOLS for tool in material.request.tools)


def wished(material: Material, language: str) -> ToolCall | None:
    """The call that does what the last message plainly wishes for; a question wishes for nothing."""
    offered, latest = {tool.name for tool in material.request.tools}, material.latest.strip()
    for name in (one for one in TOOLS if one in offered):
        found = _expression(language, name).search(latest)
        arguments = _arguments(material, language, name, found) if found and not latest.endswith("?") else None
        if arguments:
            return ToolCall(f"call_{name}", name, arguments)
    return None


def _arguments(material: Material, language: str, name: str, found: re.Match[str]) -> JSONObject | None:
    said = {key: bare(value) for key, value in found.groupdict().items() if value}
    if name == "goal_create":
        return _goal(material, language, said.get("title") or said["named"])
    if name == "journal_create":
        return {"title": clip(capital(said["content"]), 60), "content": said["content"]}
    goal = _named(material, said["goal"])
    return {"goal_id": goal.id} | ({"content": said["content"]} if "content" in said else {}) if goal else None


def _goal(material: Material, language: str, wish: str) -> JSONObject | None:
    """A new one; who has it already need not have it twice."""
    by = _expression(language, "by")
    due, title = by.search(wish), capital(clip(by.sub("", wish).strip(" ,;:"), 120))
    if len(title) < 3 or _named(material, title):
        return None
    day = _day(language, due, material.today) if due else material.today + USUAL
    return {"title": title, "target_date": day.isoformat()}


def _named(material: Material, told: str) -> Thing | None:
    """The open goal whose title is most like these words, if it has half of all words in common with them."""
    open_goals = [goal for goal in material.goals if goal.is_open]
    best = max(open_goals, key=lambda goal: _alike(goal.title, told), default=None)
    return best if best is not None and _alike(best.title, told) >= 0.5 else None


def _alike(one: str, other: str) -> float:
    """From 0 to 1. Numbers count: 5K is not 10K."""
    mine, its = (set(map(stem, words(text))) - WORDS["stop"] for text in (one, other))
    return len(mine & its) / max(1, len(mine | its))


def _day(language: str, due: re.Match[str], today: date) -> date:
    """The last day of what is named that is still to come."""
    named, months = due["when"].lower(), str(WISHES[language]["months"]).split()
    month = months.index(named) + 1 if named in months else 12
    year = int(due["year"] or (named if named.isdecimal() else today.year))
    last = a_date(named) or date(year, month, calendar.monthrange(year, month)[1])
    return last if last >= today else last.replace(year=today.year + (last.replace(year=today.year) < today))


@cache
def _expression(language: str, name: str) -> re.Pattern[str]:
    rows = WISHES[language]
    text = str(rows[name]).replace("MONTHS", "|".join(str(rows["months"]).split()))
    return re.compile(text, re.IGNORECASE | (re.DOTALL if name == "journal_create" else re.NOFLAG))
