"""Files of a page, served under a name that changes with them, so that a browser may keep them for good."""

import hashlib
from functools import cached_property
from pathlib import Path

from flask import Response, send_from_directory

A_YEAR = 365 * 86400  # seconds
STATIC = Path(__file__).parent / "static"


class VersionedFiles:
    """Of one folder. The version is of all its files together, as modules name each other."""

    def __init__(self, name: str, url: str) -> None:
        self._folder = STATIC / name
        self._url = url

    @cached_property
    def version(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(path for path in self._folder.rglob("*") if path.is_file()):
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:16]

    @property
    def root(self) -> str:
        return f"{self._url}/{self.version}"

    def serve(self, version: str, name: str) -> Response:
        """While versions change, an older page still gets the file, but may not keep it."""
        is_known = version == self.version
        response = send_from_directory(self._folder, name, max_age=A_YEAR if is_known else 0)
        response.cache_control.immutable = is_known
        return response
