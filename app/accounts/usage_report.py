"""What models were asked, and what that cost, for operators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.accounts.models import ModelCall
from app.core.clock import iso
from app.core.json import JSONObject

DIMENSIONS: dict[str, ColumnElement[str]] = {
    "tenant": ModelCall.tenant_id.expression,
    "feature": ModelCall.feature.expression,
    "model": ModelCall.provider + ":" + ModelCall.model,
    "day": func.to_char(ModelCall.created_at, "YYYY-MM-DD"),
}
MOST_ROWS = 10_000


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment up to another, by some of the dimensions."""

    since: datetime
    until: datetime
    by: Sequence[str]


def report(session: Session, span: Span) -> JSONObject:
    """Rows in the order of their dimensions. ``unpriced`` counts the calls whose cost is not known."""
    keys = [DIMENSIONS[name].label(name) for name in span.by]
    sums = (
        func.count().label("calls"),
        func.count().filter(ModelCall.outcome.not_in(["ok", "cancelled"])).label("failed_calls"),
        func.coalesce(func.sum(ModelCall.attempts), 0).label("attempts"),
        func.coalesce(func.sum(ModelCall.input_tokens), 0).label("input_tokens"),
        func.coalesce(func.sum(ModelCall.output_tokens), 0).label("output_tokens"),
        func.coalesce(func.sum(ModelCall.cost), 0.0).label("cost_usd"),
        func.count().filter(ModelCall.cost.is_(None)).label("unpriced"),
    )
    query = select(*keys, *sums).where(ModelCall.created_at >= span.since, ModelCall.created_at < span.until)
    found = session.execute(query.group_by(*keys).order_by(*keys).limit(MOST_ROWS)).mappings()
    rows = [{**row, "cost_usd": round(float(row["cost_usd"]), 8)} for row in found]
    return {"from": iso(span.since), "to": iso(span.until), "by": list(span.by), "rows": rows}
