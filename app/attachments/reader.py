"""Words and thumbnails of files, made in a process of its own for each, asked for once and kept with the bytes."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryFile
from typing import IO

import structlog
from sqlalchemy import select, update

from app.attachments import service
from app.attachments.models import Attachment, Blob
from app.attachments.stored_bytes import Storages
from app.core.errors import NotFound, Unavailable
from app.db.ownership import Owner
from app.db.pieces import PIECE
from app.db.session import Database

PROGRAM = Path(__file__).with_name("reading.py")
SECONDS = 30.0  # in which a busy machine may take its ten of work
PATIENCE = 20.0  # seconds, for a place
AT_ONCE = threading.BoundedSemaphore(2)
LARGEST_RESULT = 2 * 1024 * 1024
NO_PICTURE = "image/svg+xml"  # it is a program

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reader:
    """One per process."""

    db: Database
    storages: Storages

    def words(self, owner: Owner, ids: Sequence[str]) -> list[tuple[Attachment, str]]:
        """In their order; no words of what has none. Raises ``Missing``, ``Unavailable``."""
        with self.db.read() as session:
            rows = service.find_all(session, owner, ids)
        return self.words_of(rows)

    def words_of(self, rows: Sequence[Attachment]) -> list[tuple[Attachment, str]]:
        known = self._blobs(rows)
        return [(row, self._words(known[row.blob_id])) for row in rows]

    def thumbnail(self, row: Attachment) -> bytes:
        """A WebP picture. Raises ``NotFound`` for a file that has none."""
        blob = self._blobs([row])[row.blob_id]
        made = blob.thumbnail
        if made is None:
            made = self._made("thumbnail", blob) if has_picture(blob.content_type) else b""
            self._keep(blob, thumbnail=made)
        if not made:
            raise NotFound("There is no thumbnail of this file")
        return made

    def _blobs(self, rows: Sequence[Attachment]) -> dict[str, Blob]:
        with self.db.read() as session:
            query = select(Blob).where(Blob.id.in_([row.blob_id for row in rows]))
            return {blob.id: blob for blob in session.scalars(query)}

    def _words(self, blob: Blob) -> str:
        if blob.words is not None:
            return blob.words
        words = self._made("words", blob).decode("utf-8", "replace").strip() if has_words(blob.content_type) else ""
        self._keep(blob, words=words)
        return words

    def _keep(self, blob: Blob, **values: object) -> None:
        with self.db.begin() as session:
            session.execute(update(Blob).where(Blob.id == blob.id).values(**values))

    def _made(self, task: str, blob: Blob) -> bytes:
        """Nothing where the process comes to nothing: next time it would again."""
        with TemporaryFile() as copy:
            with self.storages.open(blob.storage, blob.id, blob.size) as file:
                _copy(file, copy)
            return _read(task, blob, copy)


def has_words(content_type: str) -> bool:
    return content_type.startswith("text/") or content_type in {"application/pdf", "application/xml"}


def has_picture(content_type: str) -> bool:
    return content_type == "application/pdf" or (content_type.startswith("image/") and content_type != NO_PICTURE)


def _copy(file: IO[bytes], to: IO[bytes]) -> None:
    while data := file.read(PIECE):
        to.write(data)
    to.seek(0)


def _read(task: str, blob: Blob, file: IO[bytes]) -> bytes:
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise Unavailable
    try:
        return _run(task, blob, file)
    finally:
        AT_ONCE.release()


def _run(task: str, blob: Blob, file: IO[bytes]) -> bytes:
    """What the process wrote. Its output is a file too: the system stops it where it is too long."""
    command = [sys.executable, "-I", str(PROGRAM), task, blob.content_type]
    with TemporaryFile() as output:
        try:
            ended = subprocess.run(  # noqa: S603
                command, stdin=file, stdout=output, stderr=DEVNULL, env={}, cwd=os.sep, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise Unavailable from None
        if ended.returncode:
            log.info("file_not_read", task=task, content_type=blob.content_type, code=ended.returncode)
            return b""
        output.seek(0)
        return output.read(LARGEST_RESULT)
