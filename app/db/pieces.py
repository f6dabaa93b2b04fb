"""Files that lie in rows, a piece in each: read wherever a reader wants to, a few pieces in memory."""

import io

from app.db.session import Database
from app.db.statements import Statement

PIECE = 1024 * 1024
KEPT_PIECES = 4


class PiecedFile(io.RawIOBase):
    """``piece_of`` selects ``data`` by the parameters ``file`` and ``place``. A missing piece is an ``OSError``."""

    def __init__(self, db: Database, piece_of: Statement, file_id: str, size: int) -> None:
        super().__init__()
        self._db, self._piece_of, self._file_id, self._size = db, piece_of, file_id, size
        self._at = 0
        self._pieces: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence] + offset
        if at < 0:
            raise OSError("before the beginning")
        self._at = at
        return at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        found = bytearray()
        while len(found) < wanted:
            place, start = divmod(self._at, PIECE)
            part = self._piece(place)[start : start + wanted - len(found)]
            if not part:
                raise OSError("a piece is missing")
            found += part
            self._at += len(part)
        return bytes(found)

    def _piece(self, place: int) -> bytes:
        if place not in self._pieces:
            while len(self._pieces) >= KEPT_PIECES:
                del self._pieces[next(iter(self._pieces))]
            with self._db.single() as connection:
                row = self._piece_of.row(connection, {"file": self._file_id, "place": place})
            self._pieces[place] = bytes(row.data) if row else b""
        return self._pieces[place]
