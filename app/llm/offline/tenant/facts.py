"""The business that a prompt's data tells of: foundation and rows, however they are spelled, as short texts."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from app.llm.offline.reading import DONE, Reading, first
from app.llm.offline.words import STOP, content, sentences, shorten, table, words

LONGEST = 110  # characters of a quotation
WORDS = 16
NAMES = ("title", "name", "goal_name", "intent", "label", "text", "description")
FOUNDATIONS = ("business_foundation", "business_context", "businessFoundation")
WORKED_ON = "in_progress"
COMMON = table("every owners people small help families managers firms teams companies businesses founders cold")
Row = dict[str, Any]


class Business:
    """Everything is "" or empty where nothing is recorded."""

    def __init__(self, reading: Reading) -> None:
        self.data = reading.data

    @cached_property
    def foundation(self) -> Row:
        found: Row = next((self.data[name] for name in FOUNDATIONS if isinstance(self.data.get(name), dict)), {})
        return {**self.data, **{key: value for key, value in found.items() if value}}

    def fact(self, *names: str) -> str:
        """The foundation's text of the first name that has one."""
        return next((told for name in names if (told := plain(self.foundation.get(name)))), "")

    @cached_property
    def vision(self) -> str:
        return self.fact("vision")

    @cached_property
    def purpose(self) -> str:
        return self.fact("purpose")

    @cached_property
    def who(self) -> str:
        """Whom it serves, as a group of people."""
        return self.fact("who_we_serve") or (f"people like {clipped(self.client)}" if self.client else "")

    @cached_property
    def market(self) -> str:
        return self.who or self.fact("target_market", "targetMarket", "niche", "onboarding_niche")

    @cached_property
    def promise(self) -> str:
        proposition = self.foundation.get("proposition")
        inner = proposition if isinstance(proposition, dict) else {}
        found = first(inner, ("uniqueSellingProposition", "valueProposition", "brandPromise"))
        return found or self.fact("value_proposition", "valueProposition", "onboarding_value_proposition")

    @cached_property
    def values(self) -> list[tuple[str, str]]:
        """Names of the core values and what they mean."""
        named = (self.foundation.get(name) for name in ("core_values", "coreValues", "values"))
        return [(plain(item), meaning(item)) for item in next(filter(None, map(listed, named)), []) if plain(item)]

    @cached_property
    def clients(self) -> list[Row]:
        return rows(self.foundation.get("icas")) or rows([self.foundation.get("onboarding_ica")])

    @cached_property
    def client(self) -> str:
        return first(self.clients[0], NAMES) if self.clients else plain(self.foundation.get("onboarding_ica"))

    @cached_property
    def whom(self) -> str:
        """Those whom it serves, by one of them."""
        known = self.client or self.who
        return f"clients such as {q(known)}" if known else "clients"

    @cached_property
    def pain(self) -> str:
        """What troubles the clients."""
        found = next((first(row, ("painPoints", "pain_points")) for row in self.clients), "")
        return found or next((first(row, ("problemSolved", "problem")) for row in self.products), "")

    @cached_property
    def products(self) -> list[Row]:
        return rows(self.foundation.get("products")) or rows(self.data.get("onboarding_products"))

    def rows(self, *names: str) -> list[Row]:
        """The objects of the first list that has some."""
        return next((found for name in names if (found := rows(self.data.get(name)))), [])

    @cached_property
    def goals(self) -> list[Row]:
        """Open ones, those of the business first."""
        found = [row for row in self.rows("goals", "other_goals") if is_open(row)]
        return sorted(found, key=lambda row: row.get("category") not in ("business", None))

    @cached_property
    def goal(self) -> Row:
        """The one that is spoken of, else the first there is."""
        named = self.data.get("goal")
        if isinstance(named, dict) and titled(named):
            return named
        told = {"title": self.data.get("goal_title"), "intent": self.data.get("goal_intent")}
        return told if plain(told["title"]) else next(iter(self.goals), {})

    @cached_property
    def measures(self) -> list[Row]:
        summary = self.data.get("measures_summary")
        inner = rows(summary.get("measures")) if isinstance(summary, dict) else []
        return self.rows("measures", "existing_measures") or inner

    @cached_property
    def strategies(self) -> list[Row]:
        return self.rows("strategies", "strategies_for_goal", "existing_strategies")


def rows(value: Any) -> list[Row]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def plain(value: Any) -> str:
    """A value as text: an object by its name, a list by its first items."""
    if isinstance(value, dict):
        return first(value, NAMES)
    if isinstance(value, list):
        return ", ".join(filter(None, map(plain, value[:3])))
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def meaning(item: Any) -> str:
    return first(item, ("meaning", "description", "implementation")) if isinstance(item, dict) else ""


def titled(row: Row) -> str:
    return clipped(first(row, NAMES))


def is_open(row: Row) -> bool:
    return str(row.get("status") or "").lower() not in DONE | {"cancelled", "closed", "resolved", "archived"}


def clipped(text: str) -> str:
    """The first sentence of a text, within limits."""
    line = next(iter(sentences(text)), "").strip().rstrip(".")
    short = shorten(line, WORDS)
    return short if len(short) <= LONGEST else f"{short[:LONGEST].rsplit(' ', 1)[0][:LONGEST]}…"


def q(text: str) -> str:
    """Quoted; what has no words is "this"."""
    line = clipped(text).strip("“” ")
    return f"“{line}”" if line else "this"


def inside(text: str) -> str:
    """As it stands inside a sentence: small at its beginning, unless that may be a name."""
    head = text.split(" ", 1)[0].lower()
    return text[:1].lower() + text[1:] if head in STOP or head in COMMON else text


def shared(one: str, two: str) -> list[str]:
    """The words of the first text that the second speaks of too."""
    both = content(one) & content(two)
    return [word for word in dict.fromkeys(words(one)) if content(word) & both]


def joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def shown(value: float) -> str:
    """``125000`` as ``125,000``."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def amount(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
