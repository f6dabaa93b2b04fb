"""The files in an upload, whether it is one or a zip of many."""

import io
from collections.abc import Container, Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import PurePosixPath
from typing import IO, cast

from charset_normalizer import from_bytes

from app.imports.archive import DAMAGED, MIB, MOST_UNPACKED, Member, members, safely
from app.imports.items import Unreadable

LARGEST_TEXT = 8 * MIB
SAMPLE = 256 * 1024
ZIP, EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"


class TooLarge(Exception):
    """One file of many."""


class Files:
    """By their names, in order. Knows which of them a reader has looked at, and how far it is."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._members: dict[str, Member] = {}
        for member in members:
            self._members[_free(member.name, self._members)] = member
        self.names = list(self._members)
        self.used: set[str] = set()
        self._left = MOST_UNPACKED
        self._place, self._count, self._share = 0, 1, 0.0

    @property
    def progress(self) -> float:
        return min(1.0, (self._place + self._share) / self._count)

    @property
    def unused(self) -> list[str]:
        return [name for name in self.names if name not in self.used]

    def each(self, names: Iterable[str]) -> Iterator[str]:
        """The names, while counting how many there are left."""
        wanted = list(names)
        self._count = max(1, len(wanted))
        for self._place, name in enumerate(wanted):
            self._share = 0.0
            yield name
        self._place, self._share = self._count, 0.0

    def named(self, *endings: str) -> list[str]:
        return [name for name in self.names if name.lower().endswith(endings)]

    def open(self, name: str) -> IO[bytes]:
        """Raises ``Unreadable`` while it is read when it is damaged or more than it said."""
        self.used.add(name)
        member = self._members[name]
        return io.BufferedReader(_Counted(self, member), 64 * 1024)

    def text(self, name: str, most: int = LARGEST_TEXT) -> str:
        """Whatever its characters are written in. Raises ``TooLarge``."""
        with self.open(name) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise TooLarge(f"it is larger than {most // MIB} MiB")
        return decoded(data)

    def stream(self, name: str, encoding: str = "utf-8-sig") -> IO[str]:
        return io.TextIOWrapper(self.open(name), encoding, newline="")

    def head(self, name: str, size: int = 64 * 1024) -> str:
        """How a text begins. It does not count as read."""
        used = set(self.used)
        with self.open(name) as file:
            data = file.read(size)
        self.used, self._share = used, 0.0
        return data.decode("utf-8-sig", "ignore")

    def encoding(self, name: str) -> str:
        """Of a text of any size."""
        try:
            with self.stream(name) as file:
                while file.read(MIB):
                    pass
        except UnicodeDecodeError:
            with self.open(name) as raw:
                return _guess(raw.read(SAMPLE))
        return "utf-8-sig"

    def take(self, size: int, read: int, of: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Unreadable(f"The file unpacks to more than {MOST_UNPACKED // MIB} MiB")
        self._share = min(1.0, read / of) if of else 1.0


class _Counted(io.RawIOBase):
    """A member as it is read, in small steps."""

    def __init__(self, files: Files, member: Member) -> None:
        super().__init__()
        self._files, self._member, self._read = files, member, 0
        self._file = safely(member.open)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = safely(lambda: self._file.read(len(buffer)))
        buffer[: len(data)] = data
        self._read += len(data)
        self._files.take(len(data), self._read, self._member.size)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def opened(file: IO[bytes], name: str, size: int, stack: ExitStack) -> Files:
    """What is in an upload; the stack closes what was unpacked for it. Raises ``Unreadable``."""
    start = file.read(4)
    file.seek(0)
    if start in {ZIP, EMPTY_ZIP}:
        return Files(members(file, size, stack))
    if name.lower().endswith(".zip"):
        raise Unreadable(DAMAGED)
    return Files([Member(base(name), size, lambda: _rewound(file))])


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode(_guess(data[:SAMPLE]), "replace")


def base(name: str) -> str:
    return PurePosixPath(name).name


def stem(name: str) -> str:
    return PurePosixPath(name).stem


def _guess(sample: bytes) -> str:
    best = from_bytes(sample).best()
    return best.encoding if best else "cp1252"


def _rewound(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return cast(IO[bytes], _Unclosed(file))


class _Unclosed(io.RawIOBase):
    """Closing it leaves the file open for the next reader."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _free(name: str, taken: Container[str]) -> str:
    """A zip may have a name twice."""
    names = (f"{name} ({number})" if number else name for number in count())
    return next(one for one in names if one not in taken)
