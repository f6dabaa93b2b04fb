"""Plain SQL past SQLAlchemy: its rows, its transactions, its exceptions, and connections that come back whole."""

from typing import Any

import gevent
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError

from app.db.session import Database
from app.db.statements import Statement
from app.local.services import Services

ECHO = Statement("SELECT CAST(:word AS text) AS word, CAST(:data AS jsonb) AS data, '50% ::' AS rest")
SLEEP = Statement("SELECT pg_sleep(:seconds)")
END_MYSELF = Statement("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def database(services: Services) -> Database:
    """Two connections for statements by themselves, one for transactions."""
    database = Database()
    database.connect(services.database_url, pool=3)
    return database


def test_rows_have_names_and_values(database: Database) -> None:
    with database.single() as connection:
        row = ECHO.row(connection, {"word": "it's", "data": '{"a": [1]}'})
    assert (row.word, row.data, row.rest) == ("it's", {"a": [1]}, "50% ::")


def test_a_connection_parses_a_statement_once_at_its_first_use(database: Database) -> None:
    prepared = text("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%AS parsed'")
    parsed = Statement("SELECT CAST(:word AS text) AS parsed")
    with database.single() as connection:
        parsed.row(connection, {"word": "one"})
        assert connection.scalars(prepared).all() == [1]
        parsed.row(connection, {"word": "two"})
        assert connection.scalars(prepared).all() == [2]


def test_a_transaction_is_the_sessions(database: Database) -> None:
    insert = Statement("INSERT INTO kept VALUES (:number)")
    with database.begin() as session:
        session.execute(text("CREATE TEMPORARY TABLE kept (number int PRIMARY KEY)"))
        session.commit()
        insert.run(session, {"number": 1})
        session.rollback()
        assert Statement("SELECT number FROM kept").rows(session, {}) == []
        session.execute(text("DROP TABLE kept"))


def test_faults_are_sqlalchemys_and_quote_no_values(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("CREATE TEMPORARY TABLE once (number int PRIMARY KEY) ON COMMIT DROP"))
        twice = Statement("INSERT INTO once VALUES (:number), (:number)")
        with pytest.raises(IntegrityError) as raised:
            twice.run(session, {"number": 7411})
        assert "[parameters" not in str(raised.value)
        session.rollback()
    with database.single() as connection, pytest.raises(DataError):
        ECHO.row(connection, {"word": "", "data": "not json"})


def test_a_lost_connection_is_replaced(database: Database) -> None:
    with database.single() as connection, pytest.raises(OperationalError) as raised:
        END_MYSELF.row(connection, {})
    assert raised.value.connection_invalidated
    for _ in range(3):
        with database.single() as connection:
            assert ECHO.row(connection, {"word": "well", "data": "1"}).word == "well"


def test_a_snapshot_sees_nothing_that_comes_later_and_writes_nothing(database: Database) -> None:
    with database.single() as connection:
        connection.execute(text("CREATE TABLE seen (number int)"))
        with database.snapshot() as snapshot:
            assert snapshot.scalar(text("SELECT count(*) FROM seen")) == 0
            connection.execute(text("INSERT INTO seen VALUES (1)"))
            assert snapshot.scalar(text("SELECT count(*) FROM seen")) == 0
        with pytest.raises(InternalError), database.snapshot() as snapshot:
            snapshot.execute(text("DROP TABLE seen"))
        connection.execute(text("DROP TABLE seen"))


@pytest.mark.parametrize("lend", [Database.single, Database.begin])
def test_a_statement_that_is_given_up_spoils_nobodys_connection(database: Database, lend: Any) -> None:
    def waiting() -> None:
        with lend(database) as connection:
            SLEEP.row(connection, {"seconds": 5})

    for _ in range(3):
        greenlet = gevent.spawn(waiting)
        gevent.sleep(0.1)
        greenlet.kill()
        with lend(database) as connection:
            assert ECHO.row(connection, {"word": "mine", "data": "1"}).word == "mine"


def test_a_transaction_whose_connection_is_lost_is_undone(database: Database) -> None:
    with pytest.raises(OperationalError), database.begin() as session:
        session.execute(text("CREATE TABLE half (number int)"))
        END_MYSELF.row(session, {})
    with database.begin() as session:
        assert Statement("SELECT to_regclass('half') AS there").row(session, {}).there is None


def test_a_connection_that_the_server_ends_between_two_uses_costs_no_error(database: Database) -> None:
    with database.single() as connection:
        own = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.begin() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
    for _ in range(3):
        with database.single() as connection:
            assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != own
