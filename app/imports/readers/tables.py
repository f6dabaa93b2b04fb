"""Tables: CSV with whatever separates its columns. The first row names them."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from app.imports.files import Files
from app.imports.items import Unreadable
from app.imports.readers.fields import lowered

LONGEST_LINE = 1024 * 1024
SEPARATORS = ",;\t|"
csv.field_size_limit(LONGEST_LINE)  # characters of a cell

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    encoding: str
    separator: str
    columns: tuple[str, ...]

    @contextmanager
    def rows(self, files: Files) -> Iterator[Iterator[Row]]:
        """By the columns' names in lower case. Raises ``Unreadable``."""
        with files.stream(self.name, self.encoding) as file:
            yield _rows(file, self)


def table(files: Files, name: str) -> Table | None:
    """None for a file that has no row of names."""
    encoding = files.encoding(name)
    with files.stream(name, encoding) as file:
        first = file.readline(LONGEST_LINE)
    separator = max(SEPARATORS, key=first.count)
    cells = next(csv.reader([first], delimiter=separator), [])
    columns = tuple(lowered(dict.fromkeys(cells)))
    return Table(name, encoding, separator, columns) if any(columns) else None


def _rows(file: IO[str], wanted: Table) -> Iterator[Row]:
    reader = csv.reader(_lines(file), delimiter=wanted.separator)
    try:
        next(reader, None)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield dict(zip(wanted.columns, cells, strict=False))
    except csv.Error as error:
        raise Unreadable(f"The table is damaged near line {reader.line_num}") from error


def _lines(file: IO[str]) -> Iterable[str]:
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Unreadable("A line is longer than 1 MiB: is it a table?")
        yield line
