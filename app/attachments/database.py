"""Bytes in the database, in pieces: nothing else to set up, and in every backup."""

from collections.abc import Iterator
from itertools import count
from typing import IO, cast

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.attachments.interfaces import StorageKind
from app.db.pieces import PIECE, PiecedFile
from app.db.session import Database
from app.db.statements import Statement

STORE = Statement("INSERT INTO blob_pieces (blob_id, place, data) VALUES (:blob, :place, :data)")
PIECE_OF = Statement("SELECT data FROM blob_pieces WHERE blob_id = :file AND place = :place")


class InDatabase:
    kind = StorageKind.DATABASE

    def __init__(self, db: Database) -> None:
        self._db = db

    def prepare(self, blob_id: str, file: IO[bytes], size: int) -> None:
        """Row and pieces come in one transaction."""

    def settle(self, session: Session, blob_id: str, file: IO[bytes]) -> None:
        file.seek(0)
        for place in count():
            data = file.read(PIECE)
            if not data:
                return
            STORE.run(session, {"blob": blob_id, "place": place, "data": data})

    def open(self, blob_id: str, size: int) -> IO[bytes]:
        return cast(IO[bytes], PiecedFile(self._db, PIECE_OF, blob_id, size))

    def pieces(self, connection: Connection, blob_id: str, size: int) -> Iterator[bytes]:
        for place in range(-(-size // PIECE)):
            yield bytes(PIECE_OF.row(connection, {"file": blob_id, "place": place}).data)

    def remove(self, blob_id: str) -> None:
        """Pieces go with their row."""
