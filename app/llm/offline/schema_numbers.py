"""Numbers within their bounds, led by what they are called and by how well the words of the data agree."""

import math
import re
from decimal import Decimal
from typing import Any

from app.llm.offline.material import Material
from app.llm.offline.slots import Slot
from app.llm.offline.words import content, number, table

SCORES = table("""
    score alignment relevance confidence rating impact match strength quality likelihood probability priority intensity
""")
MONEY = table("cost costs budget price amount revenue investment")
NEIGHBOURS = 60
WIDE = 1000  # wider ranges are limits, not scales
MONEY_STEP = Decimal(50)
UNIT = table("confidence probability likelihood weight ratio fraction")
COUNTS = table("count total number quantity")
RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:-|–|to|and|\.\.)\s*(\d+(?:\.\d+)?)")


def numeric(schema: dict[str, Any], slot: Slot, material: Material, whole: bool) -> int | float:
    low, high = bounds(schema, slot)
    wanted = meant(schema, slot, material, low, high)
    step = schema.get("multipleOf") or (1 if whole else None)
    if whole and step is not None and not float(step).is_integer():
        step = Decimal(str(step)).as_integer_ratio()[0]
    grain = MONEY_STEP if slot.names & MONEY and (low, high) == (500.0, 5000.0) else Decimal("0.01")
    made = fitted(Decimal(str(wanted)), schema, Decimal(str(step)) if step else None, whole, grain)
    return shifted(made, schema, slot.shift, step or float(grain)) if slot.shift or step else made


def bounds(schema: dict[str, Any], slot: Slot) -> tuple[float, float]:
    """Where the number should lie: as the schema says, else as its description or name does."""
    low = max((schema[key] for key in ("minimum", "exclusiveMinimum") if number_at(schema, key)), default=None)
    high = min((schema[key] for key in ("maximum", "exclusiveMaximum") if number_at(schema, key)), default=None)
    if low is None and high is None:
        return usual(slot)
    span = 1.0 if slot.names & UNIT else 100.0
    if low is None:
        return float(min(0, high - span)) if high is not None else 0.0, float(high or 0)
    if high is None:
        return float(low), float(low) + span
    return narrowed(slot, low, high) if high - low > WIDE else (float(low), float(high))


def narrowed(slot: Slot, low: float, high: float) -> tuple[float, float]:
    """A range that only keeps nonsense out says nothing of what is usual."""
    least, most = usual(slot)
    return (max(least, low), min(most, high)) if least <= high and most >= low else (float(low), float(high))


def number_at(schema: dict[str, Any], key: str) -> bool:
    return isinstance(schema.get(key), int | float) and not isinstance(schema.get(key), bool)


def usual(slot: Slot) -> tuple[float, float]:
    described = RANGE.search(slot.hint)
    if described and float(described.group(1)) < float(described.group(2)):
        return float(described.group(1)), float(described.group(2))
    if slot.names & UNIT:
        return 0.0, 1.0
    if slot.names & MONEY:
        return 500.0, 5000.0
    scored = slot.names & (SCORES | {"percent", "percentage", "progress"})
    return (0.0, 100.0) if scored else (1.0, 10.0)


def meant(schema: dict[str, Any], slot: Slot, material: Material, low: float, high: float) -> float:
    """The data's own number under this name; a count of what there is; else a score."""
    known = [own(slot), material.facts.get(slot.words), counted(slot, material), schema.get("default")]
    plain = [value for value in known if isinstance(value, int | float) and not isinstance(value, bool)]
    fitting = [float(value) for value in plain if low <= value <= high]
    return fitting[0] if fitting else low + (high - low) * agreement(slot, material)


def own(slot: Slot) -> float | None:
    """What the document at hand says about itself."""
    if slot.about is None:
        return None
    value = slot.about.fields.get(slot.name)
    if value is None and slot.names & {"progress", "percent", "percentage"}:
        value = slot.about.progress
    text = str(value or "").rstrip("%")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def counted(slot: Slot, material: Material) -> int | None:
    if not slot.names & COUNTS:
        return None
    kinds = [d for d in material.reading.documents if d.kind in slot.names or f"{d.kind}s" in slot.names]
    return len(kinds) or None


def agreement(slot: Slot, material: Material) -> float:
    """From 0.5 to 0.95: how much of the words at hand the rest of the prompt speaks of, and a little chance."""
    named = [str(value) for key, value in material.leaves if slot.names & content(key) and isinstance(value, str)]
    subject = slot.about.text if slot.about else " ".join(named)
    near = (
        len(content(subject) & material.focus) / max(4, len(content(subject)))
        if subject
        else material.share(slot.query)
    )
    chance = number(material.seed, *slot.path, *sorted(material.focus)) % 100 / 100
    return round(min(0.95, 0.55 + 0.3 * near + 0.15 * chance), 2)


def fitted(wanted: Decimal, schema: dict[str, Any], step: Decimal | None, whole: bool, grain: Decimal) -> int | float:
    """The allowed number nearest to the wanted one."""
    grain = step or grain
    lowest, highest = limits(schema, step, grain)
    value = (wanted / grain).to_integral_value() * grain
    value = min(max(value, lowest), highest) if highest >= lowest else lowest
    if not allowed(value, schema) and step is None:
        value = between(schema)
    return int(value) if whole or value == value.to_integral_value() else float(value)


def shifted(made: int | float, schema: dict[str, Any], shift: int, step: Any) -> int | float:
    """Another number for one that was turned down, and for one that isn't a multiple in the machine's arithmetic."""
    grain = Decimal(str(step))
    around = (Decimal(str(made)) + grain * (turn // 2 + 1) * (1 if turn % 2 else -1) for turn in range(NEIGHBOURS))
    plain = (int(value) if value == value.to_integral_value() else float(value) for value in around)
    fitting = [value for value in (made, *plain) if exact(value, schema, step)] or [made]
    return fitting[shift % len(fitting)]


def exact(value: int | float, schema: dict[str, Any], step: Any) -> bool:
    quotient = value / float(step)
    high = schema.get("maximum", math.inf), schema.get("exclusiveMaximum", math.inf)
    low = schema.get("minimum", -math.inf), schema.get("exclusiveMinimum", -math.inf)
    whole = "multipleOf" not in schema or quotient == int(quotient)
    return whole and low[0] <= value <= high[0] and low[1] < value < high[1]


def limits(schema: dict[str, Any], step: Decimal | None, grain: Decimal) -> tuple[Decimal, Decimal]:
    """The lowest and highest multiples of the grain within the bounds; the bounds themselves where no step is asked."""
    low, high = Decimal("-Infinity"), Decimal("Infinity")
    for key, strict in (("minimum", False), ("exclusiveMinimum", True)):
        if number_at(schema, key):
            low = max(low, over(Decimal(str(schema[key])), grain, strict, step is None))
    for key, strict in (("maximum", False), ("exclusiveMaximum", True)):
        if number_at(schema, key):
            high = min(high, -over(-Decimal(str(schema[key])), grain, strict, step is None))
    return low, high


def over(bound: Decimal, grain: Decimal, strict: bool, exact: bool) -> Decimal:
    if exact and not strict:
        return bound
    multiple = Decimal(math.ceil(bound / grain)) * grain
    return multiple + grain if strict and multiple == bound else multiple


def allowed(value: Decimal, schema: dict[str, Any]) -> bool:
    low = value > Decimal(str(schema["exclusiveMinimum"])) if number_at(schema, "exclusiveMinimum") else True
    high = value < Decimal(str(schema["exclusiveMaximum"])) if number_at(schema, "exclusiveMaximum") else True
    return low and high


def between(schema: dict[str, Any]) -> Decimal:
    """The middle, where the bounds lie closer than a hundredth."""
    low = [Decimal(str(schema[key])) for key in ("minimum", "exclusiveMinimum") if number_at(schema, key)]
    high = [Decimal(str(schema[key])) for key in ("maximum", "exclusiveMaximum") if number_at(schema, key)]
    return (max(low, default=Decimal(0)) + min(high, default=Decimal(1))) / 2
