"""Zips of strangers: names, kinds, numbers and sizes are checked before anything is read."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, TypeVar, cast

from app.imports.items import Unreadable

MIB = 1024 * 1024
MOST_MEMBERS = 100_000
LARGEST_READ = 12 * MIB  # of one read: as much as the list of members may be
MOST_UNPACKED = 3 * 1024 * MIB  # bytes of all members
UNSUSPICIOUS = 256 * MIB  # unpacked; beyond, nothing honest shrinks to
LEAST_SHARE = 100  # a hundredth
DEEPEST = 2  # zips in a zip
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # what others unpack knows no bounds
ABSOLUTE = re.compile(r"[/\\]|[A-Za-z]:[/\\]")
PLAIN = {0, stat.S_IFREG, stat.S_IFDIR}
DAMAGED = "The zip file is damaged"
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, ValueError)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    size: int
    open: Callable[[], IO[bytes]]


class _Careful:
    """Gives ``zipfile`` no more at once than an honest list of members takes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.seekable, self.close = file.seek, file.tell, file.seekable, file.close

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, LARGEST_READ + 1) if size >= 0 else LARGEST_READ + 1)
        if len(data) > LARGEST_READ:
            raise zipfile.BadZipFile
        return data


def members(file: IO[bytes], size: int, stack: ExitStack, depth: int = 0) -> Iterator[Member]:
    """All files in a zip, or in the zips that it holds and nothing else. Raises ``Unreadable``."""
    archive = safely(lambda: stack.enter_context(zipfile.ZipFile(cast(IO[bytes], _Careful(file)))))
    infos = archive.infolist()
    _check(infos, size)
    files = [info for info in infos if not info.is_dir() and not _is_hidden(_name(info))]
    nested = [info for info in files if info.filename.lower().endswith(".zip")]
    if not nested or len(nested) < len(files):
        yield from (_member(archive, info) for info in files)
        return
    if depth == DEEPEST:
        raise Unreadable("The file has zips within zips within zips")
    for info in nested:
        inner: IO[bytes] = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
        _unpack(archive, info, inner)
        yield from members(inner, info.file_size, stack, depth + 1)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    return Member(_name(info), info.file_size, lambda: archive.open(info))


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, into: IO[bytes]) -> None:
    with safely(lambda: archive.open(info)) as packed:
        while data := safely(lambda: packed.read(MIB)):
            into.write(data)
    into.seek(0)


def _check(infos: list[zipfile.ZipInfo], size: int) -> None:
    """Before anything is read: names, kinds, numbers and sizes."""
    if len(infos) > MOST_MEMBERS:
        raise Unreadable(f"The zip has more than {MOST_MEMBERS} files")
    for info in infos:
        _check_member(info)
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_UNPACKED:
        raise Unreadable(f"The file unpacks to more than {MOST_UNPACKED // MIB} MiB")
    if unpacked > max(UNSUSPICIOUS, size * LEAST_SHARE):
        raise Unreadable("The zip unpacks to far more than its size: it is not an export")


def _check_member(info: zipfile.ZipInfo) -> None:
    for name in (info.filename, info.orig_filename):
        if ABSOLUTE.match(name) or ".." in re.split(r"[/\\]", name) or "\x00" in name:
            raise Unreadable("The zip has a file whose name leads out of it")
    if stat.S_IFMT(info.external_attr >> 16) not in PLAIN:
        raise Unreadable("The zip has a link in it")
    if info.flag_bits & 0x1:
        raise Unreadable("The zip is encrypted")
    if info.compress_type not in METHODS:
        raise Unreadable("The zip is packed in a way that is not read here: only deflate is")


def _name(info: zipfile.ZipInfo) -> str:
    """Some write UTF-8 and do not say so, or folders as Windows has them."""
    name = info.filename.replace("\\", "/")
    if info.flag_bits & 0x800:
        return name
    try:
        return name.encode("cp437").decode()
    except UnicodeError:
        return name


def _is_hidden(name: str) -> bool:
    """What systems and programs leave beside a person's files."""
    parts = PurePosixPath(name).parts or (".",)
    named = parts[0] == "__MACOSX" or parts[-1] in {"Thumbs.db", "desktop.ini"}
    return named or any(part.startswith(".") for part in parts)


def safely(do: Callable[[], T]) -> T:
    try:
        return do()
    except Unreadable:
        raise
    except BROKEN as error:
        raise Unreadable(DAMAGED) from error
