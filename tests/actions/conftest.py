"""A model that proposes, and what becomes of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from app.core.clock import now
from app.db.session import Base
from app.db.session import db as database
from tests.chat.conftest import Events, stream
from tests.conftest import Caller
from tests.double.client import Double

GOAL = {"title": "Run a marathon", "category": "health", "target_date": "2099-06-30"}
RECORDED = ("goals", "milestones", "progress_updates", "journal_entries", "goal_entry_links", "routines",
            "workspace_records", "reminders")  # fmt: skip


def calls(*named: tuple[str, dict[str, Any]], text: str = "I suggest something. Does it fit?") -> dict[str, Any]:
    """An answer of a model that calls tools."""
    made = [{"id": f"call_{place}", "name": name, "arguments": given} for place, (name, given) in enumerate(named)]
    return {"text": text, "tool_calls": made}


def proposed(
    caller: Caller, double: Double, tool: str, given: dict[str, Any], message: str = "Please", **body: Any
) -> dict[str, Any]:
    """The proposal that comes of a model's call."""
    double.script(calls((tool, given)))
    found: dict[str, Any] = answered(caller, message, **body).last["proposals"][0]
    return found


def answered(caller: Caller, message: str = "Please", **body: Any) -> Events:
    return stream(caller, message, **{"actions": True} | body)


def move(caller: Caller, proposal: dict[str, Any], verb: str) -> Any:
    return caller.post(f"/api/v1/actions/{proposal['id']}/{verb}")


def confirmed(caller: Caller, proposal: dict[str, Any]) -> dict[str, Any]:
    answer = move(caller, proposal, "confirm")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json["result"]
    return found


def aim(caller: Caller, title: str = "Run a 5K", **fields: Any) -> dict[str, Any]:
    due = (now() + timedelta(days=37)).date().isoformat()
    body = {"title": title, "category": "health", "target_date": due} | fields
    found: dict[str, Any] = caller.post("/api/v1/goals", json=body).json
    return found


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """All that actions may change, to the last column; and what the index finds."""
    tables = [Base.metadata.tables[name] for name in RECORDED]
    with database.read() as session:
        found = {table.name: session.execute(select(table).order_by(*table.primary_key)) for table in tables}
        found["index"] = session.execute(text("SELECT source_id, title, text FROM document_chunks ORDER BY 1, 2, 3"))
        return {name: [tuple(row) for row in some] for name, some in found.items()}


def later(**moved: timedelta) -> None:
    """These times of all actions lie so much further back."""
    changes = ", ".join(f"{name} = {name} - :{name}" for name in moved)
    with database.begin() as session:
        session.execute(text(f"UPDATE actions SET {changes}"), moved)
