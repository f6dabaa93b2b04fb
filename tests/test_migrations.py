"""The migrations make exactly the tables that the models describe."""

import importlib
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

import app as package
from app.db.session import Base, db

ROOT = Path(package.__file__).parent


def test_models_and_migrations_do_not_differ(app: Flask) -> None:
    for path in ROOT.rglob("models.py"):
        importlib.import_module(".".join(["app", *path.relative_to(ROOT).with_suffix("").parts]))
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
