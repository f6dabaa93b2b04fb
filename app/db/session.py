"""PostgreSQL: the declarative base and short sessions. No session outlives the ``with`` that opened it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from gevent import monkey
from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, NullPool, Pool

from app.core.glance import has_bytes
from app.core.json import JSONObject, to_json
from app.db import text
from app.db.gevent_connection import CooperativeConnection

CONNECT_ARGS = {
    "connect_timeout": 5,
    "application_name": "coachhouse",
    "keepalives_idle": 30,
    "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000"
    " -c client_connection_check_interval=5000 -c timezone=UTC",
}
LONG_READS = "SET LOCAL statement_timeout = '5min'"  # of a snapshot: nobody waits for it
IDLE_BEFORE_PING = 2.0  # seconds; a connection that rested longer is tried before it is lent out
POOL_TIMEOUT = 8.0  # seconds to wait for a connection before the request gets its 503; a rush takes some to pass
JOB_TIMEOUT = 20.0  # nobody waits for a job: it may wait its turn


class Base(DeclarativeBase):
    """Every table. Times are stored with their zone, in UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: DateTime(timezone=True), JSONObject: JSONB, dict[str, Any]: JSONB, list[str]: JSONB, list[Any]: JSONB,
    }  # fmt: skip


class Database:
    """The engine of this process and its two kinds of session. ``patience`` counts from the next ``connect``."""

    def __init__(self) -> None:
        self.patience = POOL_TIMEOUT
        self._write = sessionmaker(expire_on_commit=False)
        self._read = sessionmaker(expire_on_commit=False, autoflush=False)
        self._pools: tuple[Engine, ...] = ()
        self._autocommit: Engine
        self._unpooled: Engine
        self.engine: Engine

    def connect(self, url: str, pool: int) -> None:
        """Two pools, ``pool`` connections in all: switching one between the two modes would cost round trips' worth.

        Connections from before are let go.
        """
        for engine in self._pools:
            engine.dispose()
        self.engine = _pooled(url, max(1, pool // 3), self.patience)
        self._autocommit = _pooled(
            url, max(1, pool - pool // 3), self.patience, isolation_level="AUTOCOMMIT", pool_reset_on_return=None
        )
        self._unpooled = _engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._pools = (self.engine, self._autocommit)
        self._write.configure(bind=self.engine)
        self._read.configure(bind=self._autocommit)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        with self._write() as session:
            yield session
            session.commit()
            pending = session.info.pop("after_commit", ())
        for call in pending:
            call()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Queries only, without a transaction around them."""
        with self._read() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Reads everything as it was at one moment, however long that takes; on a connection of its own."""
        with self._unpooled.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                connection.exec_driver_sql(LONG_READS)
                yield connection

    def single(self) -> Connection:
        """For statements that each commit by themselves; the hot path spends no round trips on BEGIN and COMMIT."""
        return self._autocommit.connect()

    def fresh(self) -> Connection:
        """A new connection, gone after use: those in the pools may live on while the server takes nobody new."""
        return self._unpooled.connect()


def _pooled(url: str, size: int, patience: float, **options: str | None) -> Engine:
    engine = _engine(
        url, pool_size=size, pool_timeout=patience, max_overflow=0, pool_recycle=1800, pool_use_lifo=True,
        query_cache_size=2000, **options,
    )  # fmt: skip
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _ping_if_doubtful)
    return engine


def _engine(url: str, **options: str | float | type[Pool] | None) -> Engine:
    engine = create_engine(url, connect_args=CONNECT_ARGS, hide_parameters=True, json_serializer=to_json, **options)
    if monkey.is_module_patched("socket"):
        event.listen(engine, "do_connect", _connect_cooperatively)
    return engine


def _connect_cooperatively(
    _dialect: object, _record: object, arguments: list[str], options: dict[str, Any]
) -> CooperativeConnection:
    return CooperativeConnection.connect(*arguments, **options)


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Runs ``call`` once the block of ``Database.begin`` has committed, and never when it has not."""
    session.info.setdefault("after_commit", []).append(call)


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["rested_at"] = time.monotonic()


def _ping_if_doubtful(connection: psycopg.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A server restart must cost nobody an error, and a busy pool must not pay a round trip per loan."""
    rested = time.monotonic() - record.info.get("rested_at", time.monotonic())
    has_spoken = has_bytes(connection.pgconn.socket)  # unasked: the server is about to go, or has gone
    if rested < IDLE_BEFORE_PING and not has_spoken:
        return
    try:
        connection.execute("SELECT 1")
        if not connection.autocommit:
            connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


text.install()
db = Database()  # of this process; connected by the composition
