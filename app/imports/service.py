"""Imports of a person: begun, shown, called off."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.db.ownership import owner_columns
from app.db.session import Database, db
from app.feeds import service as feeds
from app.imports import store
from app.imports.models import OPEN, Format, Import, ImportFile, ImportSkip, Status
from app.imports.uploads import Upload
from app.jobs.queue import queue

RUN, TAKE_BACK = "imports.run", "imports.take_back"
MOST_LISTED = 100
BATCHES_AT_ONCE = 40  # of what is taken back while the caller waits; a worker does the rest
NOTHING = {"entries": 0, "goals": 0, "attachments": 0}


@dataclass(frozen=True, slots=True)
class Shown:
    """An import with some of what it skipped."""

    subject: Import
    skips: Sequence[ImportSkip]


@dataclass(frozen=True, slots=True)
class SkipsQuery:
    limit: int
    offset: int


def refuse_second(session: Session, principal: Principal) -> None:
    """One at a time: before its file is even read."""
    if session.scalar(select(Import.id).where(Import.owned_by(principal), Import.status.in_(OPEN))):
        raise Conflict("An import is running already")


def begin(session: Session, principal: Principal, upload: Upload, wanted: Format | None) -> Import:
    row = Import(
        **owner_columns(principal), id=upload.import_id, format=wanted, file_name=upload.name, size=upload.size,
        status=Status.QUEUED,
    )  # fmt: skip
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise Conflict("An import is running already") from None
    tenant, user = principal.tenant_id, principal.user_id
    queue.enqueue(session, RUN, tenant, user, import_id=row.id)
    return row


def list_all(session: Session, principal: Principal) -> Sequence[Import]:
    """Newest first."""
    query = select(Import).where(Import.owned_by(principal)).order_by(Import.created_at.desc(), Import.id.desc())
    return session.scalars(query.limit(MOST_LISTED)).all()


def find(session: Session, principal: Principal, import_id: str) -> Import:
    row = session.scalar(select(Import).where(Import.id == import_id, Import.owned_by(principal)))
    if row is None:
        raise NotFound("Import not found")
    return row


def show(session: Session, principal: Principal, import_id: str, query: SkipsQuery) -> Shown:
    row = find(session, principal, import_id)
    skips = select(ImportSkip).where(ImportSkip.import_id == row.id, ImportSkip.owned_by(principal))
    return Shown(row, session.scalars(skips.order_by(ImportSkip.place).limit(query.limit).offset(query.offset)).all())


def cancel(principal: Principal, import_id: str) -> Import:
    """Stops it, or undoes it when it is through. A worker sees to it should this process not live to the end."""
    with db.begin() as session:
        row = find(session, principal, import_id)
        _end(session, row, Status.CANCELLED, None)
        tenant, user = principal.tenant_id, principal.user_id
        queue.enqueue(session, TAKE_BACK, tenant, user, tenant_id=tenant, user_id=user, import_id=import_id)
    take_back(db, principal, import_id, BATCHES_AT_ONCE)
    with db.read() as session:
        return find(session, principal, import_id)


def fail(session: Session, import_id: str, error: str) -> Import | None:
    """What was added is to be taken back before; None for one that has ended otherwise."""
    row = session.scalar(select(Import).where(Import.id == import_id, Import.status.in_(OPEN)).with_for_update())
    if row is None:
        return None
    _end(session, row, Status.FAILED, error)
    tell(session, row, "import.failed")
    return row


def complete(session: Session, row: Import) -> None:
    row.status, row.progress, row.finished_at = Status.COMPLETED, 1.0, now()
    _remove_file(session, row.id)
    tell(session, row, "import.completed")


def tell(session: Session, row: Import, event: str) -> None:
    """How far it is, and nothing that the person wrote."""
    data = {"id": row.id, "status": row.status, "format": row.format, "progress": row.progress, "counts": row.counts}
    known = {**data, "error": row.error} if row.error else data
    feeds.append(session, row.tenant_id, row.user_id, event, known)


def take_back(database: Database, principal: Principal, import_id: str, batches: int | None = None) -> None:
    """A transaction for each batch, so that no lock is held for long."""
    left = batches
    while left is None or left > 0:
        with database.begin() as session:
            if not store.take_back(session, principal, import_id):
                return
        left = None if left is None else left - 1


def _end(session: Session, row: Import, status: Status, error: str | None) -> None:
    ended = update(Import).where(Import.id == row.id)
    values = {"status": status, "error": error, "updated_at": now(), **NOTHING}
    session.execute(ended.values(**values, finished_at=func.coalesce(Import.finished_at, now())))
    _remove_file(session, row.id)
    session.refresh(row)


def _remove_file(session: Session, import_id: str) -> None:
    session.execute(delete(ImportFile).where(ImportFile.import_id == import_id))
