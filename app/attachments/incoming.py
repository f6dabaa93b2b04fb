"""A file on its way in: on disk, hashed as it comes, and only its beginning in memory."""

import hashlib
import re
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO

from app.core.file_types import HEAD, type_of
from app.core.ids import new_id
from app.web.uploads import LONGEST_NAME, TooLarge, Upload

UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
COPIED = 256 * 1024  # bytes at once


class MediaTooLarge(TooLarge):
    code = "MEDIA_TOO_LARGE"


class Incoming(Upload):
    """Use it as a context: the copy on disk goes with it. ``blob_id`` is what its bytes are to be called."""

    too_large = MediaTooLarge

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.blob_id = new_id("blob")
        self.is_prepared = False
        self.file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with this
        self._sha, self._head = hashlib.sha256(), bytearray()

    @property
    def hash(self) -> str:
        return self._sha.hexdigest()

    @property
    def content_type(self) -> str:
        return type_of(bytes(self._head))

    def take(self, data: "bytes | bytearray | memoryview") -> None:
        self._sha.update(data)
        self._head += data[: max(0, HEAD - len(self._head))]
        self.file.write(data)

    def copy(self, file: IO[bytes], name: str) -> None:
        """Takes another file. Raises ``MediaTooLarge``."""
        self.begin(filename=name)
        while data := file.read(COPIED):
            self.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser does it at the file's end."""
        return 0

    def close(self) -> None:
        if not self.closed:
            self.file.close()
        super().close()


def shown_name(given: str) -> str:
    """The last part of a path, without what nobody can see."""
    name = UNSEEN.sub("", PurePosixPath(given.replace("\\", "/")).name).encode("utf-8", "replace").decode()
    return name.strip()[-LONGEST_NAME:] or "file"
