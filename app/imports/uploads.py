"""Uploads on their way into the database, where a worker of any machine finds them: in pieces, as they come in."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Request
from sqlalchemy import delete, func, insert, select
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from app.auth.principals import Principal
from app.core.errors import AppError, BadRequest
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.session import Database
from app.db.statements import Statement
from app.imports.models import Import, ImportFile, Status

PIECE = 1024 * 1024
AROUND = 64 * 1024  # bytes of a body that are not the file's
HELD = 256 * 1024  # bytes in memory: the parser counts what it has just read among them
MOST_PARTS = 10
KEPT_PIECES = 4
UNUSED_MINUTES = 60  # since the last piece of a file that no import reads
PIECE_OF = Statement("SELECT data FROM import_files WHERE import_id = :import_id AND place = :place")


class TooLarge(AppError):
    code, status = "IMPORT_TOO_LARGE", 413


class Upload(io.RawIOBase):
    """A file as a form's parser writes it. Each piece is a transaction: nobody waits in one for a slow client.

    ``check`` raises when the sender may store nothing any more.
    """

    def __init__(self, db: Database, principal: Principal, most: int, check: Callable[[], None]) -> None:
        super().__init__()
        self.import_id = new_id("import")
        self.name = ""
        self.size = 0
        self._db, self._principal, self._most, self._check = db, principal, most, check
        self._piece, self._place = bytearray(), 0

    def begin(self, *, filename: str | None = None, **_: object) -> "Upload":
        """The parser does it at a file's beginning."""
        if self.name:
            raise BadRequest("There may be one file")
        self.name = (filename or "file")[:255]
        return self

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.size += len(data)
        if self.size > self._most:
            raise TooLarge(f"A file may have {self._most} bytes")
        self._piece += data
        while len(self._piece) >= PIECE:
            self._store(PIECE)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser does it at the file's end."""
        if self._piece:
            self._store(len(self._piece))
        return 0

    @contextmanager
    def kept_only_whole(self) -> Iterator["Upload"]:
        """What has come goes when the rest does not, or nobody is to read it."""
        is_whole = False
        try:
            yield self
            is_whole = True
        finally:
            if not is_whole:
                self._discard()

    def _discard(self) -> None:
        with self._db.begin() as session:
            session.execute(delete(ImportFile).where(ImportFile.import_id == self.import_id))

    def _store(self, size: int) -> None:
        self._check()
        row = {"import_id": self.import_id, "place": self._place, "data": bytes(self._piece[:size])}
        with self._db.begin() as session:
            session.execute(insert(ImportFile).values(**owner_columns(self._principal), **row))
        del self._piece[:size]
        self._place += 1


def receive(request: Request, upload: Upload, most: int) -> dict[str, str]:
    """Reads a form: its file goes to the upload, its fields come back. Raises ``BadRequest``, ``TooLarge``."""
    if parse_options_header(request.headers.get("Content-Type", ""))[0] != "multipart/form-data":
        raise BadRequest("The body must be multipart/form-data with a `file`")
    if (request.content_length or 0) > most + AROUND:
        raise TooLarge(f"A file may have {most} bytes")

    parser = FormDataParser(
        cast(Any, upload.begin), max_form_memory_size=HELD, max_content_length=most + AROUND, silent=False,
        max_form_parts=MOST_PARTS,
    )  # fmt: skip
    try:
        _, fields, files = parser.parse_from_environ(request.environ)
    except ValueError:
        raise BadRequest("The form in the body is damaged") from None
    file = files.get("file")
    if not isinstance(file, FileStorage) or not upload.size:
        raise BadRequest("file is required")
    return {str(name): str(value) for name, value in fields.items()}


class StoredFile(io.RawIOBase):
    """An uploaded file as a worker reads it, wherever it wants to."""

    def __init__(self, db: Database, import_id: str, size: int) -> None:
        super().__init__()
        self._db, self._import_id, self._size = db, import_id, size
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
                row = PIECE_OF.row(connection, {"import_id": self._import_id, "place": place})
            self._pieces[place] = bytes(row.data) if row else b""
        return self._pieces[place]


def sweep(db: Database) -> None:
    """Removes what nobody will read: of imports that have ended, and of uploads that were broken off."""
    reading = select(Import.id).where(Import.status.in_([Status.QUEUED, Status.RUNNING]))
    long_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, UNUSED_MINUTES)
    left = select(ImportFile.import_id).where(ImportFile.import_id.not_in(reading))
    left = left.group_by(ImportFile.import_id).having(func.max(ImportFile.created_at) < long_ago)
    with db.begin() as session:
        session.execute(delete(ImportFile).where(ImportFile.import_id.in_(left)))
