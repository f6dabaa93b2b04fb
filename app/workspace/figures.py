"""How much a person has written and aimed at: counted, so that no model has to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.core import weeks
from app.core.clock import now
from app.db.ownership import Owner
from app.db.statements import Statement

A_YEAR = timedelta(days=366)
DAY = timedelta(days=1)
LATELY = (7, 30)  # days
COUNT = Statement("""
SELECT 'day' AS kind, CAST(date(timezone(CASE WHEN all_day THEN 'UTC' ELSE coalesce(timezone, :zone) END, entry_date))
    AS text) AS name, count(*) AS number
  FROM journal_entries WHERE tenant_id = :tenant AND user_id = :user AND entry_date >= :since GROUP BY 2
UNION ALL SELECT 'entries', '', count(*) FROM journal_entries WHERE tenant_id = :tenant AND user_id = :user
UNION ALL SELECT 'goal', status, count(*) FROM goals WHERE tenant_id = :tenant AND user_id = :user GROUP BY status""")


@dataclass(frozen=True, slots=True)
class Counts:
    """``today`` is the person's; ``days`` are those of the last year on which they wrote, with how often."""

    today: date = date.min
    entries: int = 0
    days: Mapping[date, int] = field(default_factory=dict)
    goals: Mapping[str, int] = field(default_factory=dict)

    def entries_of(self, days: int) -> int:
        """Of the last so many days."""
        return sum(number for day, number in self.days.items() if self._is_of(day, days))

    def days_of(self, days: int) -> int:
        return sum(self._is_of(day, days) for day in self.days)

    @property
    def streak(self) -> int:
        """Days in a row up to today, which is not missed before it has ended."""
        day = self.today if self.today in self.days else self.today - DAY
        length = 0
        while day in self.days:
            length, day = length + 1, day - DAY
        return length

    def _is_of(self, day: date, days: int) -> bool:
        return self.today - timedelta(days=days) < day <= self.today


NONE = Counts()


def count(connection: Connection | Session, owner: Owner, zone: str) -> Counts:
    moment = now()
    values = {"tenant": owner.tenant_id, "user": owner.user_id, "zone": zone, "since": moment - A_YEAR}
    found: dict[str, dict[str, int]] = {}
    for row in COUNT.rows(connection, values):
        found.setdefault(row.kind, {})[row.name] = row.number
    days = {date.fromisoformat(name): number for name, number in found.get("day", {}).items()}
    return Counts(weeks.local_date(moment, zone), found["entries"][""], days, found.get("goal", {}))
