"""Measures for a goal, chosen by what the goal speaks of."""

from dataclasses import dataclass
from typing import Any

from app.llm.offline.business.data import Row, goal, part, share, short, texts, title
from app.llm.offline.reading import Reading
from app.llm.offline.words import content, stem, table

Answer = dict[str, Any]
MOST = 4
SAME = 0.6  # of the words of a name, from which on a measure is known


@dataclass(frozen=True, slots=True)
class Measure:
    """``signs`` are words of goals that it fits; ``typical`` and ``excellent`` are rules of thumb."""

    signs: str
    name: str
    description: str
    category: str
    unit: str
    up: bool
    formula: str
    typical: float
    excellent: float
    leading: bool
    frequency: str
    difficulty: str
    source: str


MEASURES = (
    Measure(
        "customer client retention retain churn loyalty stay leave cancel renew", "Customer Retention Rate",
        "Share of customers who stay over a period", "customer", "percentage", True,
        "(customers at end - new customers) / customers at start * 100", 85, 95, False, "monthly", "low", "CRM system",
    ),
    Measure(
        "customer client retention churn onboarding start use activation product", "Active Use After 30 Days",
        "Share of new customers who use the offer in their fourth week", "customer", "percentage", True,
        "new customers active in week four / new customers * 100", 40, 60, True, "weekly", "medium", "Usage data",
    ),
    Measure(
        "customer client satisfaction service experience quality recommend patient", "Net Promoter Score",
        "How many more would recommend you than advise against you", "customer", "score", True,
        "% promoters - % detractors", 30, 60, True, "quarterly", "low", "Survey",
    ),
    Measure(
        "revenue sale sell growth grow turnover money market expand", "Monthly Revenue",
        "Income of the month from what was sold", "financial", "currency", True,
        "sum of invoices of the month", 0, 0, False, "monthly", "low", "Accounting",
    ),
    Measure(
        "revenue sale sell lead prospect marketing pipeline market growth", "Qualified Leads",
        "Enquiries per month that fit your market", "marketing", "count", True,
        "count of enquiries that fit", 0, 0, True, "weekly", "medium", "CRM system",
    ),
    Measure(
        "cost profit margin expense price efficient saving budget", "Gross Margin",
        "What is left of each sale after its direct costs", "financial", "percentage", True,
        "(revenue - direct costs) / revenue * 100", 50, 70, False, "monthly", "low", "Accounting",
    ),
    Measure(
        "time wait fast quick speed delivery late deadline appointment week", "Time to Delivery",
        "Median days from an order or request to its fulfilment", "operations", "days", False,
        "median(day fulfilled - day requested)", 14, 5, False, "weekly", "low", "Calendar or order system",
    ),
    Measure(
        "quality defect error fault bug complaint mistake reliable", "Complaints per 100 Orders",
        "How often something goes wrong for a customer", "quality", "count", False,
        "complaints / orders * 100", 3, 1, False, "weekly", "low", "Support inbox",
    ),
    Measure(
        "team employee people staff hire turnover culture work", "Team Satisfaction",
        "How gladly people work here, asked in one question", "people", "score", True,
        "mean of answers from 1 to 10", 7, 8.5, True, "monthly", "low", "Short survey",
    ),
    Measure("", "Milestones Kept", "Share of the planned steps that were finished in time", "operations", "percentage",
        True, "steps finished in time / steps planned * 100", 70, 90, True, "weekly", "low", "Weekly review"),
    Measure("", "Hours Invested", "Hours a week that really go into the goal", "operations", "hours", True,
        "sum of hours booked on the goal", 4, 8, True, "weekly", "low", "Calendar"),
)  # fmt: skip


def kpis(reading: Reading) -> Answer:
    row = goal(reading)
    chosen = _chosen(row, texts(reading.data.get("existing_measures")), part(reading, "preferences"))
    industry = next(iter(texts(part(reading, "business_context").get("industry"))), "General")
    if not title(row):
        return {}
    made = [_kpi(measure, title(row), industry) for measure in chosen]
    return {"recommendations": made, "confidence": 0.75, "reasoning": _reasoning(row, chosen)}


def recommended(reading: Reading) -> Answer:
    row = goal(reading)
    if not title(row):
        return {}
    made = [
        {
            "name": one.name, "description": one.description, "unit": one.unit, "direction": "up" if one.up else "down",
            "frequency": one.frequency, "reasoning": _rationale(one, title(row)),
        }
        for one in _chosen(row, texts(reading.data.get("existing_measures")), {})
    ]  # fmt: skip
    return {"recommendations": made}


def _chosen(row: Row, known: list[str], wishes: Row) -> list[Measure]:
    """Those that the goal speaks of first, some later and some earlier signs, none that is there already."""
    said = content(" ".join([title(row), str(row.get("description") or ""), *texts(row.get("strategies"))]))
    free = [one for one in MEASURES if all(share([one.name], [name]) < SAME for name in known)]
    wanted = [one for one in free if wishes.get("leadingIndicators" if one.leading else "laggingIndicators", True)]
    ranked = sorted(wanted or free, key=lambda one: -len({stem(word) for word in table(one.signs)} & said))
    fitting = [one for one in ranked if {stem(word) for word in table(one.signs)} & said]
    general = [one for one in ranked if not one.signs]
    return (fitting + general)[: max(MOST - 1, min(MOST, len(fitting)))] or ranked[:2] or list(MEASURES[-2:])


def _kpi(one: Measure, matter: str, industry: str) -> Row:
    bench = {"industry": industry, "typical": one.typical, "excellent": one.excellent}
    return {
        "name": one.name, "description": one.description, "category": one.category, "unit": one.unit,
        "direction": "up" if one.up else "down", "formula": one.formula, "rationale": _rationale(one, matter),
        "isLeading": one.leading, "frequency": one.frequency, "difficulty": one.difficulty, "dataSource": one.source,
    } | ({"benchmark": bench} if one.excellent else {})  # fmt: skip


def _rationale(one: Measure, matter: str) -> str:
    when = "early, while there is time to act," if one.leading else "in the end"
    return f"Shows {when} whether {short(matter)} comes true."


def _reasoning(row: Row, chosen: list[Measure]) -> str:
    early = sum(one.leading for one in chosen)
    rest = f"{early} of {len(chosen)} tell early, the others tell in the end. Benchmarks are rules of thumb."
    return f"These measures fit your goal {short(title(row), 20)}: {rest}"
