"""What nothing has any more goes: bytes without an attachment, and objects without a row."""

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.attachments import service
from app.attachments.interfaces import Storage, StorageAway, StorageKind
from app.attachments.models import Blob, BlobRemoval
from app.attachments.stored_bytes import Storages
from app.auth.principals import Principal
from app.db.rows import each
from app.db.session import db
from app.jobs.registry import PeriodicJob
from app.web.container import resolve

AT_ONCE = 200

log = structlog.get_logger()


def collect() -> None:
    """Of entries that were deleted."""
    with db.read() as session:
        unused = select(Blob.tenant_id, Blob.user_id).where(~service.is_attached()).distinct().limit(AT_ONCE)
        owners = [Principal(user, tenant) for tenant, user in session.execute(unused)]
    each("attachments.collect", owners, _collect)


def remove_objects() -> None:
    """Outside of the database."""
    storages = [storage for kind, storage in resolve(Storages).by_kind.items() if kind != StorageKind.DATABASE]
    with db.read() as session:
        due = _due(session) if storages else []
    for storage in storages:
        try:
            each("attachments.remove_objects", due, partial(_remove, storage))
        except StorageAway as error:
            log.warning("storage_away", reason=type(error.__cause__).__name__)


def _collect(owner: Principal) -> None:
    with db.begin() as session:
        service.collect(session, owner)


def _due(session: Session) -> Sequence[str]:
    is_due = BlobRemoval.due_at <= func.clock_timestamp()
    return session.scalars(select(BlobRemoval.blob_id).where(is_due).order_by(BlobRemoval.due_at).limit(AT_ONCE)).all()


def _remove(storage: Storage, blob_id: str) -> None:
    storage.remove(blob_id)
    with db.begin() as session:
        session.execute(delete(BlobRemoval).where(BlobRemoval.blob_id == blob_id))


JOBS = (
    PeriodicJob("attachments.collect", collect, every=30),
    PeriodicJob("attachments.remove_objects", remove_objects, every=60),
)
