"""Alembic, through Flask-Migrate: the application's engine and its metadata."""

import logging

from alembic import context
from flask import current_app
from sqlalchemy import text

from app.db.session import Base, db

LOCK = 7_223_041  # two processes that migrate at once do it one after the other

logging.getLogger("alembic").setLevel(logging.INFO)


def render_item(kind, item, autogen_context):
    """Column types of pgvector need their import in the script."""
    if kind == "type" and type(item).__module__.startswith("pgvector"):
        autogen_context.imports.add("import pgvector.sqlalchemy")
        return f"pgvector.sqlalchemy.{type(item).__name__}()"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = '30s'"))
        connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=Base.metadata, compare_type=True, render_item=render_item
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
        connection.execute(text("RESET statement_timeout"))
        connection.commit()


assert current_app, "run through `flask --app wsgi db`"
run()
