"""How often somebody was in danger: the audit's rows, counted by what they have in common."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.care.models import CareEvent
from app.core.clock import now
from app.core.errors import BadRequest
from app.core.json import JSONObject, JSONValue

COLUMNS = ("month", "level", "category", "language", "path", "count")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for one begins so


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are in it; days and months are those of UTC."""

    first: date
    last: date

    @classmethod
    def of(cls, first: date | None, last: date | None) -> Self:
        """From the first of January up to today, unless something else is said."""
        last = last or now().date()
        first = first or date(last.year, 1, 1)
        if first > last:
            raise BadRequest("from must not be after to", code="VALIDATION_ERROR")
        return cls(first, last)

    def __str__(self) -> str:
        return f"{self.first}-to-{self.last}"

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return datetime.combine(self.first, time.min, UTC), datetime.combine(self.last, time.max, UTC)


def counted(session: Session, period: Period) -> JSONObject:
    keys = [
        func.to_char(CareEvent.created_at, "YYYY-MM").label("month"),
        *(getattr(CareEvent, name) for name in COLUMNS[1:-1]),
    ]
    query = select(*keys, func.count().label("count")).where(CareEvent.created_at.between(*period.bounds))
    rows = [dict(row) for row in session.execute(query.group_by(*keys).order_by(*keys)).mappings()]
    total = sum(row["count"] for row in rows)
    return {"from": period.first.isoformat(), "to": period.last.isoformat(), "total": total, "rows": list(rows)}


def csv_of(found: JSONObject) -> str:
    """A line for each row, after the names of the columns."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    rows = found["rows"]
    for row in rows if isinstance(rows, list) else ():
        table.writerow([_cell(row[name]) for name in COLUMNS] if isinstance(row, dict) else ())
    return written.getvalue()


def _cell(value: JSONValue) -> str:
    """Never a formula; nothing for what is not known."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULAS) else text
