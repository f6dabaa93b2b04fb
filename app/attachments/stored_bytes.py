"""Bytes where they lie, whichever storage has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from sqlalchemy import Connection

from app.attachments.interfaces import Missing, Storage, StorageAway, StorageKind
from app.db.statements import Statement
from app.web.container import resolve

BLOB_OF = Statement(
    "SELECT b.id, b.size, b.storage FROM blobs AS b JOIN attachments AS a ON a.blob_id = b.id WHERE a.id = :attachment"
)


@dataclass(frozen=True, slots=True)
class Storages:
    """Those that there are; ``newest`` takes what comes in."""

    newest: Storage
    by_kind: Mapping[StorageKind, Storage]

    def of(self, kind: StorageKind) -> Storage:
        """Raises ``StorageAway`` for one that nobody has set up any more."""
        if kind not in self.by_kind:
            raise StorageAway
        return self.by_kind[kind]

    def open(self, kind: StorageKind, blob_id: str, size: int) -> IO[bytes]:
        return self.of(kind).open(blob_id, size)


def exported(connection: Connection, attachment_id: str) -> Iterator[bytes]:
    """For an export: the file as it was at the moment that the connection shows."""
    blob = BLOB_OF.row(connection, {"attachment": attachment_id})
    if blob is None:
        raise Missing
    yield from resolve(Storages).of(blob.storage).pieces(connection, blob.id, blob.size)
