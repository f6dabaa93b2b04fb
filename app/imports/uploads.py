"""Uploads on their way into the database, where a worker of any machine finds them: in pieces, as they come in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import delete, func, insert, select

from app.auth.principals import Principal
from app.core.ids import new_id
from app.db.ownership import owner_columns
from app.db.pieces import PIECE, PiecedFile
from app.db.session import Database
from app.db.statements import Statement
from app.imports.models import Import, ImportFile, Status
from app.web import uploads

UNUSED_MINUTES = 60  # since the last piece of a file that no import reads
PIECE_OF = Statement("SELECT data FROM import_files WHERE import_id = :file AND place = :place")


class TooLarge(uploads.TooLarge):
    code = "IMPORT_TOO_LARGE"


class Upload(uploads.Upload):
    """Each piece is a transaction: nobody waits in one for a slow client.

    ``check`` raises when the sender may store nothing any more.
    """

    too_large = TooLarge

    def __init__(self, db: Database, principal: Principal, most: int, check: Callable[[], None]) -> None:
        super().__init__(most)
        self.import_id = new_id("import")
        self._db, self._principal, self._check = db, principal, check
        self._piece, self._place = bytearray(), 0

    def take(self, data: "bytes | bytearray | memoryview") -> None:
        self._piece += data
        while len(self._piece) >= PIECE:
            self._store(PIECE)

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


def stored_file(db: Database, import_id: str, size: int) -> PiecedFile:
    """An uploaded file as a worker reads it, wherever it wants to."""
    return PiecedFile(db, PIECE_OF, import_id, size)


def sweep(db: Database) -> None:
    """Removes what nobody will read: of imports that have ended, and of uploads that were broken off."""
    reading = select(Import.id).where(Import.status.in_([Status.QUEUED, Status.RUNNING]))
    long_ago = func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, UNUSED_MINUTES)
    left = select(ImportFile.import_id).where(ImportFile.import_id.not_in(reading))
    left = left.group_by(ImportFile.import_id).having(func.max(ImportFile.created_at) < long_ago)
    with db.begin() as session:
        session.execute(delete(ImportFile).where(ImportFile.import_id.in_(left)))
