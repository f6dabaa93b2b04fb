"""Weekly insights as clients read them."""

from typing import Any

from app.core.clock import iso
from app.weekly.models import WeeklyInsight


def serialize(row: WeeklyInsight) -> dict[str, Any]:
    """The insight as clients read it."""
    return {
        "id": row.id, "user_id": row.user_id, "week_start": iso(row.week_start), "week_end": iso(row.week_end),
        "content": row.content, "entry_count": row.entry_count, "entries_analyzed": row.entries_analyzed,
        "created_at": iso(row.created_at), "updated_at": iso(row.updated_at),
    }  # fmt: skip
