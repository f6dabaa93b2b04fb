"""What restored texts were made from: so that they lose the words of what is deleted here, as they did there."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.db.ownership import owner_columns
from app.imports import restored
from app.imports.ids import Ids, tables
from app.imports.items import ImportedRow, Skipped
from app.imports.models import ImportRow
from app.imports.restored import THE_ONE, UNFIT, Made, Target
from app.provenance.models import DerivedSource, Standing
from app.provenance.sources import MILESTONE, PROGRESS

TABLE = DerivedSource.__tablename__
OF_TEXTS = cast(Table, DerivedSource.__table__)
SOURCES = {MILESTONE: "milestones", PROGRESS: "progress_updates"}  # entries and goals are known; records are the team's
COLUMNS = ("derived_type", "derived_id", "source_type", "source_id", "version", "standing", "made_at")


def store(session: Session, target: Target, rows: Sequence[ImportedRow], ids: Ids) -> list[Skipped]:
    """Of texts that this import has brought: others have sources of their own."""
    its = [row for row in rows if row.table == TABLE]
    fitting = [row for row in its if _fits(row)]
    made = [(row.item, _columns(row, target, ids)) for row in fitting]
    brought = _brought(session, target, {columns["derived_type"] for _, columns in made})
    theirs: list[Made] = [
        (item, columns) for item, columns in made if _noted(columns["derived_type"], columns["derived_id"]) in brought
    ]
    unfit = [Skipped(row.item, UNFIT) for row in its if not _fits(row)]
    return unfit + (restored.insert(session, target, OF_TEXTS, theirs) if theirs else [])


def _fits(row: ImportedRow) -> bool:
    try:
        restored.check_times(OF_TEXTS, row.values)
    except (ValueError, OverflowError):
        return False
    is_known = str(row.values.get("standing")) in {*Standing}
    return is_known and all(isinstance(row.values.get(name), str) for name in COLUMNS)


def _columns(row: ImportedRow, target: Target, ids: Ids) -> dict[str, str]:
    kept = {name: str(row.values[name]) for name in COLUMNS}
    source = SOURCES.get(kept["source_type"])
    kept["source_id"] = ids.of(source, kept["source_id"]) if source else str(ids.within(kept["source_id"]))
    derived = kept["derived_type"]
    kept["derived_id"] = target.principal.user_id if _is_one(derived) else ids.of(derived, kept["derived_id"])
    return {**owner_columns(target.principal), **kept}


def _is_one(table: str) -> bool:
    return table in tables() and "id" not in tables()[table].columns


def _noted(table: str, derived_id: str) -> tuple[str, str]:
    return table, THE_ONE if _is_one(table) else derived_id


def _brought(session: Session, target: Target, texts: set[str]) -> set[tuple[str, str]]:
    its = ImportRow.owned_by(target.principal), ImportRow.import_id == target.import_id, ImportRow.table.in_(texts)
    query = select(ImportRow.table, ImportRow.row_id).where(*its)
    return {(table, row_id) for table, row_id in session.execute(query)} if texts else set()
