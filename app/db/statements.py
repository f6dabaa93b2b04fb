"""Plain SQL for the hot paths, past SQLAlchemy's compiler and result objects: a round trip for half of their price."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg.rows import TupleRow, namedtuple_row
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

PYFORMAT = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Statement:
    """A statement with ``:name`` parameters, run on the connection, and in the transaction, of whoever asks.

    Values go to the server as psycopg writes them: JSON and vectors come as text and are cast in the statement. Each
    connection has it parsed once, at its first use: psycopg itself would wait for the sixth.
    """

    def __init__(self, sql: str) -> None:
        self._sql = str(text(sql).compile(dialect=PYFORMAT)).encode()

    def rows(self, connection: Connection | Session, values: Mapping[str, object]) -> list[Any]:
        """All rows, as named tuples. Raises SQLAlchemy's exceptions."""
        with _ours(connection) as driver, driver.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(self._sql, values, prepare=True).fetchall()

    def row(self, connection: Connection | Session, values: Mapping[str, object]) -> Any:
        return next(iter(self.rows(connection, values)), None)

    def run(self, connection: Connection | Session, values: Mapping[str, object]) -> None:
        with _ours(connection) as driver:
            driver.execute(self._sql, values, prepare=True)


@contextmanager
def _ours(connection: Connection | Session) -> Iterator[psycopg.Connection[TupleRow]]:
    """psycopg's connection; its faults become SQLAlchemy's, and one that is left in the middle is not lent again."""
    if isinstance(connection, Session):
        connection.flush()
        connection = connection.connection()
    driver = cast(psycopg.Connection[TupleRow], connection.connection.driver_connection)
    is_lost = True
    try:
        yield driver
        is_lost = False
    except psycopg.Error as error:
        is_lost = driver.closed or driver.broken
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=is_lost,
            dialect=connection.dialect,
        ) from error  # fmt: skip
    finally:
        if is_lost:
            connection.invalidate()
