"""Plain SQL for the hot paths, past SQLAlchemy's compiler and result objects: a round trip for half of their price."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

PYFORMAT: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Statement:
    """A statement with ``:name`` parameters, run on the connection, and in the transaction, of whoever asks.

    Values go to the server as psycopg writes them: JSON and vectors come as text and are cast in the statement.
    """

    def __init__(self, sql: str) -> None:
        self._sql = str(text(sql).compile(dialect=PYFORMAT))

    def rows(self, connection: Connection | Session, values: Mapping[str, Any]) -> list[Any]:
        """All rows, as named tuples. Raises SQLAlchemy's exceptions."""
        with _ours(connection) as driver, driver.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(self._sql, values).fetchall()

    def row(self, connection: Connection | Session, values: Mapping[str, Any]) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(connection, values)), None)

    def run(self, connection: Connection | Session, values: Mapping[str, Any]) -> None:
        """For a statement that returns nothing."""
        with _ours(connection) as driver:
            driver.execute(self._sql, values)


@contextmanager
def _ours(connection: Connection | Session) -> Iterator[psycopg.Connection[Any]]:
    """psycopg's connection; its faults become SQLAlchemy's, and one that is left in the middle is not lent again."""
    if isinstance(connection, Session):
        connection.flush()
        connection = connection.connection()
    driver: Any = connection.connection.driver_connection
    try:
        yield driver
    except psycopg.Error as error:
        dialect: Any = connection.dialect
        lost = dialect.is_disconnect(error, driver, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=dialect
        ) from error
    except BaseException:
        connection.invalidate()
        raise
