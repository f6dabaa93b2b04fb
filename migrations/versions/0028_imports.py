"""Imports from other journals, and where an entry or a goal came from.

Only adds columns that may be empty, and tables: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLES = ("journal_entries", "goals")
ORIGIN = {"source": sa.String(20), "source_id": sa.String(200), "import_id": sa.String(64)}
OF_ENTRIES = {"timezone": sa.String(64), "place": sa.String(200)}
CHECKS = {
    "ck_imports_status": "status IN ('queued', 'running', 'completed', 'failed', 'cancelled')",
    "ck_imports_position": "position >= 0",
}


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _imports()
    _skips()
    _files()
    for table in TABLES:
        for name, kind in _added(table).items():
            op.add_column(table, sa.Column(name, kind, nullable=True), if_not_exists=True)
    with op.get_context().autocommit_block():
        for name, (table, columns, unique, filled) in _indexes().items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # one that was cut short is not usable
            where = sa.text(f"{filled} IS NOT NULL")
            op.create_index(
                name, table, columns, unique=unique, postgresql_where=where, postgresql_concurrently=True
            )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _indexes():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for table in TABLES:
        for name in _added(table):
            op.drop_column(table, name, if_exists=True)
    for table in ("import_files", "import_skips", "imports"):
        op.drop_table(table, if_exists=True)


def _added(table: str) -> dict[str, sa.String]:
    return ORIGIN | (OF_ENTRIES if table == "journal_entries" else {})


def _indexes() -> dict[str, tuple[str, list[str], bool, str]]:
    owned = ["tenant_id", "user_id", "source_id"]
    unique = {f"uq_{table}_source": (table, owned, True, "source_id") for table in TABLES}
    return unique | {f"ix_{table}_import": (table, ["import_id"], False, "import_id") for table in TABLES}


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("format", sa.String(20), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("progress", sa.Float, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("entries", "goals", "attachments", "duplicates", "skipped")
        ),
        sa.Column("error", sa.String, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        *(sa.CheckConstraint(rule, name=op.f(name)) for name, rule in CHECKS.items()),
        if_not_exists=True,
    )
    order = ["tenant_id", "user_id", sa.text("created_at DESC"), sa.text("id DESC")]
    op.create_index("ix_imports_owner", "imports", order, if_not_exists=True)
    op.create_index(
        "uq_imports_open", "imports", ["tenant_id", "user_id"], unique=True, if_not_exists=True,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )  # fmt: skip


def _skips() -> None:
    op.create_table(
        "import_skips",
        sa.Column("import_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("item", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "place", name="pk_import_skips"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_skips_import_id", ondelete="CASCADE"),
        if_not_exists=True,
    )


def _files() -> None:
    """What is in them is compressed already: PostgreSQL need not try."""
    op.create_table(
        "import_files",
        sa.Column("import_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("import_id", "place", name="pk_import_files"),
        if_not_exists=True,
    )
    op.execute("ALTER TABLE import_files ALTER COLUMN data SET STORAGE EXTERNAL")
    op.create_index("ix_import_files_created_at", "import_files", ["created_at"], if_not_exists=True)
