"""How a measure moves, and whether that is the right way."""

from app.llm.offline.tenant.facts import Business, Row, number, plain, shown, titled


def growing(business: Business) -> list[Row]:
    return [row for row in business.measures if going(row) > 0][:4]


def value_of(row: Row) -> float | None:
    return next(
        (found for name in ("currentValue", "value", "current") if (found := number(row.get(name))) is not None), None
    )


def value_before(row: Row) -> float | None:
    return next((found for name in ("previous", "previousValue") if (found := number(row.get(name))) is not None), None)


def going(row: Row) -> int:
    """1 the right way, -1 the wrong way, 0 when it stands or nobody can tell."""
    value, before = value_of(row), value_before(row)
    if value is None or before is None or value == before or not titled(row):
        return 0
    wanted = -1 if row.get("direction") == "down" else 0 if row.get("direction") == "maintain" else 1
    return wanted * (1 if value > before else -1)


def amount_of(row: Row) -> str:
    unit, value = plain(row.get("unit")), value_of(row) or 0
    unit = unit.removesuffix("s") if value == 1 and unit.endswith("s") and unit.islower() else unit
    return f"{shown(value)}{'' if unit in ('', '%') else ' '}{unit}"


def moved(row: Row) -> str:
    value, before = value_of(row), value_before(row)
    if value is None or before is None:
        return "No earlier value to compare it with"
    way = "Up" if value > before else "Down" if value < before else "Unchanged"
    return way if value == before else f"{way} from {shown(before)}"


def told_of(row: Row) -> str:
    before = moved(row)
    told = f", {before[:1].lower()}{before[1:]}" if value_before(row) is not None else ""
    return f"{titled(row)} is at {amount_of(row)}{told}"[:400]
