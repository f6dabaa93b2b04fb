"""Where bytes lie: one contract for every storage, and what may fail."""

from collections.abc import Iterator
from enum import StrEnum
from typing import IO, Protocol

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.core.errors import AppError, NotFound, Unavailable


class StorageKind(StrEnum):
    DATABASE = "database"
    S3 = "s3"


class Storage(Protocol):
    """Bytes by the id of their blob. ``kind`` is what the blob's row says.

    ``prepare`` comes before the transaction that makes the row, ``settle`` in it: what was prepared and never settled
    goes by itself. All may raise ``StorageAway``.
    """

    kind: StorageKind

    def prepare(self, blob_id: str, file: IO[bytes], size: int) -> None: ...
    def settle(self, session: Session, blob_id: str, file: IO[bytes]) -> None: ...

    def open(self, blob_id: str, size: int) -> IO[bytes]:
        """Can seek. Raises while nobody can read it, rather than in the middle."""

    def pieces(self, connection: Connection, blob_id: str, size: int) -> Iterator[bytes]:
        """All of it, as it was at the connection's moment."""

    def remove(self, blob_id: str) -> None:
        """Twice is harmless."""


class StorageAway(Unavailable):
    text = "The storage of files is away for now"


class Missing(NotFound):
    text = "Attachment not found"


class QuotaExceeded(AppError):
    code, status = "MEDIA_QUOTA_EXCEEDED", 413

    def __init__(self, quota: int) -> None:
        super().__init__(f"No room: a person's files may take {quota} bytes")
