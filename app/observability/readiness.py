"""Whether this process can work: the database takes new connections and has the schema, and Redis answers."""

import re
import time
from collections import deque
from functools import cache
from http import HTTPStatus
from pathlib import Path

import gevent
import structlog
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.core.json import JSONObject
from app.db.session import Database
from app.streams import redis_store
from app.streams.signals import Signals

DEADLINE = 2.0  # seconds; who has not answered by then is away
MOST_A_SECOND = 5  # looks; anybody may ask, and each look costs the database a connection
VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
DOWN = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)  # read, as Alembic would load and run all of them
AWAY = {"database": "unreachable", "redis": "unreachable", "migrations": "missing"}

log = structlog.get_logger()
Checks = dict[str, str]


class Readiness:
    """Of one process. Askers at the same time share one look."""

    def __init__(self, db: Database, signals: Signals) -> None:
        self._db = db
        self._signals = signals
        self._look: gevent.Greenlet | None = None
        self._begun: deque[float] = deque(maxlen=MOST_A_SECOND)
        self._last = AWAY

    def answer(self) -> tuple[JSONObject, HTTPStatus]:
        """What a probe is told."""
        checks = self.checks()
        if set(checks.values()) == {"ok"}:
            return {"status": "ready", "checks": {**checks}}, HTTPStatus.OK
        return {"status": "unavailable", "checks": {**checks}}, HTTPStatus.SERVICE_UNAVAILABLE

    def checks(self) -> Checks:
        """``ok`` or what is wrong, by name; known after ``DEADLINE`` at the latest."""
        if self._look is None and not self._is_asked_often():
            self._begun.append(time.monotonic())
            self._look = gevent.spawn(self._look_at_all)
        if self._look is not None:
            self._look.join()
        return self._last

    def _is_asked_often(self) -> bool:
        return len(self._begun) == MOST_A_SECOND and self._begun[0] > time.monotonic() - 1

    def _look_at_all(self) -> None:
        """A new pair of greenlets each time: one that hangs is left behind."""
        looks = [gevent.spawn(self._database), gevent.spawn(self._redis)]
        try:
            gevent.joinall(looks, timeout=DEADLINE)
            found = [look.value for look in looks if look.successful()]
            gevent.killall(looks, block=False)
            self._last = AWAY | {name: value for checks in found for name, value in checks.items()}
        finally:
            self._look = None

    def _database(self) -> Checks:
        try:
            with self._db.fresh() as connection:
                return {"database": "ok", "migrations": _migrations(connection)}
        except SQLAlchemyError as error:
            log.warning("database_not_ready", reason=type(error).__name__)
            return {}

    def _redis(self) -> Checks:
        try:
            self._signals.redis.ping()
        except redis_store.Away as error:
            log.warning("redis_not_ready", reason=type(error).__name__)
            return {}
        return {"redis": "ok"}


def _migrations(connection: Connection) -> str:
    if not connection.scalar(text("SELECT to_regclass('alembic_version')::text")):
        return "missing"
    version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return "behind" if version is None or version in older_migrations() else "ok"


@cache
def older_migrations() -> frozenset[str]:
    """All but the newest. What is none of ours is a later version's, which migrates while this one still serves."""
    return frozenset(found[1] for path in VERSIONS.glob("*.py") if (found := DOWN.search(path.read_text())))
