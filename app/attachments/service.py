"""A person's attachments: kept, found, listed, removed. Their bytes go with the last that has them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from app.attachments.incoming import Incoming, shown_name
from app.attachments.interfaces import Missing, QuotaExceeded
from app.attachments.models import Attachment, Blob
from app.attachments.stored_bytes import Storages
from app.auth.principals import Principal
from app.core.clock import now
from app.core.ids import joined, new_id
from app.db.locks import advisory_lock
from app.db.ownership import Owner, owner_columns
from app.db.pages import Page, PageRequest, keyset_page
from app.db.session import Database
from app.db.statements import Statement
from app.workspace.queries import find_entry

MOST_LISTED = 500

# of imports, which bring thousands
HASHED = Statement("SELECT id FROM blobs WHERE tenant_id = :tenant_id AND user_id = :user_id AND hash = :hash")
STORE = Statement("""INSERT INTO blobs (id, tenant_id, user_id, hash, size, content_type, storage, created_at)
  VALUES (:id, :tenant_id, :user_id, :hash, :size, :content_type, :storage, :created_at)""")
ATTACH = Statement("""INSERT INTO attachments (id, tenant_id, user_id, entry_id, blob_id, name, content_type, size,
  link_salt, created_at)
  VALUES (:id, :tenant_id, :user_id, :entry_id, :blob_id, :name, :content_type, :size, :link_salt, :created_at)""")


@dataclass(frozen=True, slots=True)
class Keeper:
    """Takes files in, as far as there is room. One per process."""

    db: Database
    storages: Storages
    quota: int
    largest: int

    def keep(self, principal: Principal, incoming: Incoming, entry_id: str | None = None) -> Attachment:
        """Of an entry of theirs, or to be given to the coach. Raises ``NotFound``, ``QuotaExceeded``."""
        with self.db.read() as session:
            if entry_id is not None:
                find_entry(session, principal, entry_id)
            is_known = _blob_of(session, principal, incoming) is not None
            if not is_known:
                _Room(_used(session, principal)).take(incoming.size, self.quota)
        if not is_known:
            self._prepare(incoming)
        with self.db.begin() as session:
            if entry_id is not None:
                find_entry(session, principal, entry_id, keep=True)
            return self.add(session, principal, incoming, entry_id)

    def add(
        self, session: Session, owner: Owner, incoming: Incoming, entry_id: str | None,
        created_at: datetime | None = None, attachment_id: str = "",
    ) -> Attachment:  # fmt: skip
        """In the transaction of whoever has the entry. The same file twice is there once. Raises ``QuotaExceeded``.

        It has ``attachment_id`` if one is given that nobody has yet.
        """
        room = _locked_room(session, owner)
        blob_id, name = _blob_of(session, owner, incoming), shown_name(incoming.name)
        known = _attached(session, blob_id) if blob_id else []
        same = next((row for row in known if (row.entry_id, row.name) == (entry_id, name)), None)
        if same:
            return same
        if not known:
            room.take(incoming.size, self.quota)
        if blob_id is None:
            blob_id = self._stored(session, owner, incoming)
        facts = {"entry_id": entry_id, "blob_id": blob_id, "name": name, "created_at": created_at or now()}
        is_free = attachment_id and session.get(Attachment, attachment_id) is None
        return _made(session, owner, incoming, {**facts, **({"id": attachment_id} if is_free else {})})

    def _prepare(self, incoming: Incoming) -> None:
        self.storages.newest.prepare(incoming.blob_id, incoming.file, incoming.size)
        incoming.is_prepared = True

    def _stored(self, session: Session, owner: Owner, incoming: Incoming) -> str:
        if not incoming.is_prepared:
            self._prepare(incoming)
        values = {
            **owner_columns(owner), "id": incoming.blob_id, "hash": incoming.hash, "size": incoming.size,
            "content_type": incoming.content_type, "storage": self.storages.newest.kind, "created_at": now(),
        }  # fmt: skip
        STORE.run(session, values)
        self.storages.newest.settle(session, incoming.blob_id, incoming.file)
        return incoming.blob_id


@dataclass
class _Room:
    """What a person's bytes take, each counted once. Nobody else changes it while the transaction lasts."""

    used: int

    def take(self, size: int, quota: int) -> None:
        if self.used + size > quota:
            raise QuotaExceeded(quota)
        self.used += size


def find(session: Session, owner: Owner, attachment_id: str) -> Attachment:
    """Raises ``Missing``."""
    return find_all(session, owner, [attachment_id])[0]


def find_all(session: Session, owner: Owner, ids: Sequence[str]) -> list[Attachment]:
    """In this order. Raises ``Missing`` when one is not theirs."""
    found = there(session, owner, ids)
    if len(found) < len(ids):
        raise Missing
    return found


def there(session: Session, owner: Owner, ids: Sequence[str]) -> list[Attachment]:
    """Those of them that are there and theirs, in this order."""
    rows = session.scalars(select(Attachment).where(Attachment.owned_by(owner), Attachment.id.in_(ids))) if ids else ()
    found = {row.id: row for row in rows}
    return [found[one] for one in ids if one in found]


def bytes_of(db: Database, storages: Storages, row: Attachment) -> IO[bytes]:
    """Raises ``Missing`` for one that has gone meanwhile."""
    with db.read() as session:
        blob = session.get(Blob, row.blob_id)
    if blob is None:
        raise Missing
    return storages.open(blob.storage, blob.id, blob.size)


def list_all(session: Session, principal: Principal, request: PageRequest) -> Page[Attachment]:
    """Newest first."""
    query = select(Attachment).where(Attachment.owned_by(principal))
    return keyset_page(session, query, Attachment.created_at, principal, request)


def list_of_entry(session: Session, principal: Principal, entry_id: str) -> Sequence[Attachment]:
    """As they came."""
    entry = find_entry(session, principal, entry_id)
    query = select(Attachment).where(Attachment.owned_by(principal), Attachment.entry_id == entry.id)
    return session.scalars(query.order_by(Attachment.created_at, Attachment.id).limit(MOST_LISTED)).all()


def remove(session: Session, principal: Principal, attachment_id: str) -> None:
    row = find(session, principal, attachment_id)
    remove_all(session, principal, Attachment.id == row.id)


def remove_all(session: Session, owner: Owner, *which: ColumnElement[bool]) -> None:
    session.execute(delete(Attachment).where(Attachment.owned_by(owner), *which))
    collect(session, owner)


def collect(session: Session, owner: Owner) -> None:
    """Deletes a person's bytes that nothing has. Whoever attaches the same meanwhile waits."""
    _lock(session, owner)
    session.execute(delete(Blob).where(Blob.owned_by(owner), ~is_attached()))


def is_attached() -> ColumnElement[bool]:
    return exists().where(Attachment.blob_id == Blob.id)


def _lock(session: Session, owner: Owner) -> None:
    advisory_lock(session, f"media:{joined(owner.tenant_id, owner.user_id)}")


def _blob_of(session: Session, owner: Owner, incoming: Incoming) -> str | None:
    """Their own alone: nobody learns by a hash what others have."""
    row = HASHED.row(session, owner_columns(owner) | {"hash": incoming.hash})
    return row.id if row else None


def _attached(session: Session, blob_id: str) -> Sequence[Attachment]:
    return session.scalars(select(Attachment).where(Attachment.blob_id == blob_id)).all()


def _made(session: Session, owner: Owner, incoming: Incoming, facts: dict[str, Any]) -> Attachment:
    own = {**owner_columns(owner), "id": new_id("attachment"), "link_salt": secrets.token_urlsafe(24)}
    values = {**own, **facts, "content_type": incoming.content_type, "size": incoming.size}
    ATTACH.run(session, values)
    return Attachment(**values)


def _locked_room(session: Session, owner: Owner) -> _Room:
    """Counted once in a transaction, which may bring hundreds of files."""
    key = f"media:{joined(owner.tenant_id, owner.user_id)}"
    if key not in session.info:
        _lock(session, owner)
        session.info[key] = _Room(_used(session, owner))
    room: _Room = session.info[key]
    return room


def _used(session: Session, owner: Owner) -> int:
    return session.scalar(select(func.coalesce(func.sum(Blob.size), 0)).where(Blob.owned_by(owner), is_attached())) or 0
