"""What a measure was before: every change of its value is kept."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.workspace.records.models import MeasureValue

Body = dict[str, Any]


def note(session: Session, tenant: str, measure_id: str, before: Body | None, after: Body) -> None:
    """Keeps the value that a measure has from now on, if it is another one."""
    value = after.get("currentValue")
    if value is None or (before is not None and before.get("currentValue") == value):
        return
    session.add(MeasureValue(tenant_id=tenant, measure_id=measure_id, value=value, recorded_at=now()))
    session.flush()


def history(session: Session, tenant: str, measure_id: str, limit: int) -> Sequence[MeasureValue]:
    """Newest first."""
    query = select(MeasureValue).where(*_its(tenant), MeasureValue.measure_id == measure_id)
    return session.scalars(query.order_by(MeasureValue.id.desc()).limit(limit)).all()


def compared(session: Session, tenant: str, rows: Iterable[Body]) -> list[Body]:
    """The rows with ``previous``, ``trend`` and ``changePercent``."""
    rows = list(rows)
    before = _before(session, tenant, [row["id"] for row in rows])
    return [row | change(row.get("currentValue"), before.get(row["id"])) for row in rows]


def change(current: float | None, previous: float | None) -> Body:
    """From the value before to the one now; in percent with one decimal, null when there is nothing to compare."""
    if current is None or previous is None:
        return {"previous": previous, "trend": None, "changePercent": None}
    trend = "up" if current > previous else "down" if current < previous else "stable"
    share = round((current - previous) / abs(previous) * 100, 1) if previous else None
    return {"previous": previous, "trend": trend, "changePercent": share}


def _before(session: Session, tenant: str, ids: list[str]) -> dict[str, float]:
    """The last value but one of each measure."""
    place = func.row_number().over(partition_by=MeasureValue.measure_id, order_by=MeasureValue.id.desc())
    of = select(MeasureValue.measure_id, MeasureValue.value, place.label("place"))
    ranked = of.where(*_its(tenant), MeasureValue.measure_id.in_(ids)).subquery()
    found = session.execute(select(ranked.c.measure_id, ranked.c.value).where(ranked.c.place == 2))
    return {measure_id: _plain(value) for measure_id, value in found}


def _plain(value: float) -> float:
    return int(value) if value.is_integer() else value


def _its(tenant: str) -> tuple[Any, ...]:
    return (MeasureValue.tenant_id == tenant,)
