"""Many rows in one statement: they travel as one JSON document, and become rows by the table's own types."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from app.core.json import to_json

Rows = Sequence[Mapping[str, Any]]


def insert_rows(session: Session, table: Table, rows: Rows, then: str) -> list[Any]:
    """All rows name the same columns. ``then`` is SQL behind the rows, which returns one column: that comes back."""
    if not rows:
        return []
    columns = ", ".join(f'"{name}"' for name in rows[0])
    made = f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM jsonb_populate_recordset('  # noqa: S608
    statement = text(f'{made}CAST(NULL AS "{table.name}"), CAST(:rows AS jsonb)) {then}')
    return list(session.scalars(statement, {"rows": to_json([dict(row) for row in rows])}))
