"""Alembic, through Flask-Migrate: the application's engine and its metadata."""

import logging
import time

from alembic import context
from flask import current_app
from sqlalchemy import Connection, inspect, text

from app.db.session import Base, db
from app.privacy.erasure import guard

LOCK = 7_223_041  # two processes that migrate at once do it one after the other
AGAIN = 0.5  # seconds between two looks at whether the other one is done

log = logging.getLogger("alembic")
log.setLevel(logging.INFO)


def render_item(kind, item, autogen_context):
    """Column types of pgvector need their import in the script."""
    if kind == "type" and type(item).__module__.startswith("pgvector"):
        autogen_context.imports.add("import pgvector.sqlalchemy")
        return f"pgvector.sqlalchemy.{type(item).__name__}()"
    return False


def _lock(connection: Connection) -> None:
    """Looks again and again: CREATE INDEX CONCURRENTLY of the one who has the lock would wait for a waiting query."""
    while not connection.scalar(text(f"SELECT pg_try_advisory_lock({LOCK})")):
        connection.rollback()
        time.sleep(AGAIN)
    connection.commit()


def _is_ahead(connection: Connection) -> bool:
    """Whether a later version has migrated this database: for this one, rolled back to, there is nothing to upgrade."""
    found = inspect(connection).has_table("alembic_version")
    versions = set(connection.scalars(text("SELECT version_num FROM alembic_version"))) if found else set()
    connection.commit()
    known = {script.revision for script in context.script.walk_revisions()}
    return bool(versions - known) and _wants_newest()


def _wants_newest() -> bool:
    try:
        return context.get_revision_argument() == context.script.get_current_head()
    except KeyError:  # a command that goes nowhere
        return False


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_type=True, render_item=render_item,
        transaction_per_migration=True,
    )  # fmt: skip
    with context.begin_transaction():
        context.run_migrations()


def run() -> None:
    with db.engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.commit()
        _lock(connection)
        if _is_ahead(connection):
            log.warning("The schema is of a later version, and left as it is.")
        else:
            _migrate(connection)
            guard.install(connection)
        connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
        connection.execute(text("RESET statement_timeout"))
        connection.execute(text("RESET lock_timeout"))
        connection.commit()


assert current_app, "run through `flask --app wsgi db`"
run()
