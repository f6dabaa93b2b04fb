"""The file of an export: one zip, written from one moment's rows, of which only a few are in memory at once.

The same rows make the same bytes, but for the time of the run in its manifest.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Row, Select, Table, select

from app.core.clock import iso
from app.db.session import Database
from app.privacy.exports import pages
from app.privacy.exports.names import Names, file_path
from app.privacy.registry import Scope, declarations, exported, shown_columns

FORMAT, VERSION = "coachhouse-export", 1
AT_ONCE = 50  # rows
UNIX, READABLE = 3, 0o644 << 16

_encode = msgspec.json.Encoder().encode


def write(db: Database, scope: Scope, file: IO[bytes], moment: datetime) -> dict[str, int]:
    """How many rows of each table it has."""
    with db.snapshot() as connection, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        counts = {table.name: _write_table(connection, archive, scope, table, rows) for table, rows in exported(scope)}
        _write_pages(connection, archive, scope)
        for table, rows in exported(scope):
            _write_files(connection, archive, table, rows)
        _write_manifest(archive, scope, counts, moment)
    return counts


def _write_table(
    connection: Connection, archive: ZipFile, scope: Scope, table: Table, rows: ColumnElement[bool]
) -> int:
    """A JSON array with one row per line."""
    names = shown_columns(table, scope)
    query = select(*(table.c[name] for name in names), *_file_columns(table)).where(rows)
    count = 0
    with _entry(archive, f"data/{table.name}.json") as file:
        file.write(b"[")
        for row in stream(connection, query.order_by(*_order(table))):
            file.write(b",\n" if count else b"\n")
            file.write(_encode(dict(zip(names, row, strict=False)) | _file_field(table, row)))
            count += 1
        file.write(b"\n]\n")
    return count


def _order(table: Table) -> list[ColumnElement[Any]]:
    """By the key, which is time's order. Where rows name later ones of their table the last comes first: whoever reads
    them finds each name known."""
    names_its_own = any(key.column.table is table for key in table.foreign_keys)
    return [column.desc() if names_its_own else column.asc() for column in table.primary_key]


def _write_pages(connection: Connection, archive: ZipFile, scope: Scope) -> None:
    names = Names()
    for page in pages.all_of(connection, scope, stream):
        with _entry(archive, names.unique(page.folder, page.name, ".md")) as file:
            for text in page.texts:
                file.write(text.encode("utf-8", "replace"))


def _write_files(connection: Connection, archive: ZipFile, table: Table, rows: ColumnElement[bool]) -> None:
    """One by one: each may be some megabytes."""
    if not declarations()[table].has_files:
        return
    key = table.c.id
    for row in stream(connection, select(key, table.c.content_type).where(rows).order_by(key)):
        with _entry(archive, _path(table, row), ZIP_STORED) as file:
            file.writelines(_content(connection, table, row.id))


def _content(connection: Connection, table: Table, row_id: Any) -> Iterable[bytes]:
    said = declarations()[table]
    if said.content:
        return said.content(connection, row_id)
    return [connection.execute(select(table.c[said.file]).where(table.c.id == row_id)).scalar_one()]


def _write_manifest(archive: ZipFile, scope: Scope, counts: Mapping[str, int], moment: datetime) -> None:
    whose = {"tenant": scope.tenant} | ({"user": scope.user} if scope.user is not None else {})
    manifest = {"format": FORMAT, "version": VERSION, "exported_at": iso(moment), **whose, "counts": counts}
    with _entry(archive, "manifest.json") as file:
        file.write(msgspec.json.format(_encode(manifest), indent=2) + b"\n")


def stream(connection: Connection, query: Select[Any]) -> Iterable[Row[Any]]:
    """Rows as they are read, from a cursor on the server."""
    return connection.execute(query, execution_options={"yield_per": AT_ONCE})


@contextmanager
def _entry(archive: ZipFile, path: str, compression: int = ZIP_DEFLATED) -> Iterator[IO[bytes]]:
    """A file of the archive, of 1980: when it was written is no part of it."""
    about = ZipInfo(path)
    about.compress_type, about.create_system, about.external_attr = compression, UNIX, READABLE
    with archive.open(about, "w", force_zip64=path.startswith("data/")) as file:
        yield file


def _file_columns(table: Table) -> list[Column[Any]]:
    return [table.c.id, table.c.content_type] if declarations()[table].has_files else []


def _file_field(table: Table, row: Row[Any]) -> dict[str, str]:
    return {"file": _path(table, row)} if declarations()[table].has_files else {}


def _path(table: Table, row: Row[Any]) -> str:
    return file_path(table.name, str(row.id), row.content_type)
