"""Whom PostgreSQL runs as. It refuses to be root, so root runs it as the owner of the data, ``nobody`` at first."""

import os
import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.local.server import LocalError

READ, PASS = stat.S_IRGRP, stat.S_IXGRP


@dataclass(frozen=True, slots=True)
class Account:
    """``uid`` is ``None`` for ourselves. ``groups`` open the folders on the way that are closed to others."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None

    def own(self, path: Path) -> None:
        if self.uid is not None and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, -1)


def choose(data: Path, programs: Path) -> Account:
    """``data`` may not exist yet; its parent must."""
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise LocalError(f"{data} belongs to another user: start as that user, or set DATA_DIR to another folder.")
        return Account()
    uid, gid = _owner(data)
    try:
        groups = {*_open_way(data), *_open_way(programs), *_open_files(programs)}
    except PermissionError as error:
        raise LocalError(
            f"PostgreSQL doesn't run as root, and {error.filename} can't be opened to another user: "
            "start as a normal user, or set DATABASE_URL."
        ) from None
    return Account(uid, gid, tuple(sorted(groups)))


def _owner(data: Path) -> tuple[int, int]:
    status = data.stat() if data.exists() else None
    if status and status.st_uid != 0:
        return status.st_uid, status.st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise LocalError(
            "PostgreSQL doesn't run as root, and there is no user 'nobody' to run it as: "
            "start as a normal user, or set DATABASE_URL."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


def _open_way(path: Path) -> Iterator[int]:
    """Opens closed folders to their own group alone, which PostgreSQL then joins; others stay out."""
    for folder in path.resolve().parents:
        yield from _open(folder, PASS)


def _open_files(programs: Path) -> Iterator[int]:
    """An install under a strict umask leaves files that only their owner reads."""
    for folder, _, names in os.walk(programs):
        yield from _open(Path(folder), READ | PASS)
        for name in names:
            yield from _open(Path(folder, name), READ)


def _open(path: Path, wanted: int) -> Iterator[int]:
    status = path.stat()
    to_others = wanted >> 3
    if status.st_mode & (wanted | to_others) == wanted | to_others:
        return
    if status.st_mode & stat.S_IXUSR:
        wanted |= PASS
    if status.st_mode & wanted != wanted:
        path.chmod(stat.S_IMODE(status.st_mode) | wanted)
    yield status.st_gid
