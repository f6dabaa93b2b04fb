"""Forms with a file, read as they come in: the file goes where its upload takes it, and never into memory."""

import io
from abc import ABC, abstractmethod
from typing import Any, cast

from flask import Request
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

from app.core.errors import AppError, BadRequest

AROUND = 64 * 1024  # bytes of a body that are not the file's
HELD = 256 * 1024  # bytes in memory: the parser counts what it has just read among them
MOST_PARTS = 10
LONGEST_NAME = 255


class TooLarge(AppError):
    code, status = "UPLOAD_TOO_LARGE", 413

    def __init__(self, most: int) -> None:
        super().__init__(f"A file may have {most} bytes")


class Upload(io.RawIOBase, ABC):
    """A file of at most ``most`` bytes, as a form's parser writes it."""

    too_large: type[TooLarge] = TooLarge

    def __init__(self, most: int) -> None:
        super().__init__()
        self.name = ""
        self.size = 0
        self.most = most

    @abstractmethod
    def take(self, data: "bytes | bytearray | memoryview") -> None:
        """What comes next of it."""

    def begin(self, *, filename: str | None = None, **_: object) -> "Upload":
        """The parser does it at a file's beginning."""
        if self.name:
            raise BadRequest("There may be one file")
        self.name = (filename or "file")[:LONGEST_NAME]
        return self

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.size += len(data)
        if self.size > self.most:
            raise self.too_large(self.most)
        self.take(data)
        return len(data)


def receive(request: Request, upload: Upload) -> dict[str, str]:
    """Reads a form: its file goes to the upload, its fields come back. Raises ``BadRequest``, ``TooLarge``."""
    if parse_options_header(request.headers.get("Content-Type", ""))[0] != "multipart/form-data":
        raise BadRequest("The body must be multipart/form-data with a `file`")
    if (request.content_length or 0) > upload.most + AROUND:
        raise upload.too_large(upload.most)
    parser = FormDataParser(
        cast(Any, upload.begin), max_form_memory_size=HELD, max_content_length=upload.most + AROUND, silent=False,
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
