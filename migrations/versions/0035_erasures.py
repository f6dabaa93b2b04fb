"""Erasures of people, and functions that refuse new rows of somebody who is erased.

Only adds. Triggers that call the functions are made at the end of each run of the migrations, for all tables that there
are by then (``app/privacy/erasure/guard.py``).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
CLOSED = "closed_until IS NOT NULL"
FUNCTIONS = ("refuse_erased", "refuse_erased_key", "refuse_erased_thread", "unname_erased")
# Whoever erases holds the lock of the person's alone while it closes the door: a row is stored before, and seen, or not
# at all. There are 256 of them, so that a transaction with rows of many people does not need too many.
HOLD = "PERFORM pg_advisory_xact_lock_shared(1701995891, hashtext({whose}) & 255);"
IS_CLOSED = "EXISTS (SELECT 1 FROM erasures WHERE {who} AND closed_until > clock_timestamp())"
REFUSE = "RAISE EXCEPTION 'the person is erased' USING ERRCODE = 'CH410';"
BY_IDS = "tenant_id = NEW.tenant_id AND person = NEW.{column}"


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant_id", sa.String(128), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("person_key", sa.String(1600), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("asked_by", sa.String(10), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erase_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True))
            for name in ("started_at", "completed_at", "cancelled_at", "closed_until")
        ),
        sa.Column("counts", JSONB, nullable=False, server_default="{}"),
        sa.Column("unnamed", JSONB, nullable=False, server_default="{}"),
        sa.CheckConstraint("status IN ('scheduled', 'running', 'completed', 'cancelled')", name="status"),
        sa.CheckConstraint("asked_by IN ('person', 'operator', 'command', 'log')", name="asked_by"),
        if_not_exists=True,
    )
    _indexes()
    for name, body in _functions().items():
        op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")  # and its triggers
    op.drop_table("erasures", if_exists=True)


def _indexes() -> None:
    op.create_index(
        "uq_erasures_open", "erasures", ["tenant_id", "person"], unique=True, if_not_exists=True,
        postgresql_where=sa.text("status IN ('scheduled', 'running')"),
    )  # fmt: skip
    newest = ["tenant_id", "person", sa.text("id DESC")]
    op.create_index("ix_erasures_person", "erasures", newest, if_not_exists=True)
    for name, columns in (("person", ["tenant_id", "person"]), ("key", ["person_key"])):
        op.create_index(
            f"ix_erasures_closed_{name}", "erasures", columns, postgresql_where=sa.text(CLOSED), if_not_exists=True
        )  # fmt: skip


def _functions() -> dict[str, str]:
    """A row of nobody is let through."""
    refused = "IF {closed} THEN {refuse} END IF; RETURN NEW;"
    ids = HOLD.format(whose="NEW.tenant_id || ':' || NEW.{column}")
    by_ids = ids + refused.format(closed=IS_CLOSED.format(who=BY_IDS), refuse=REFUSE)
    running = IS_CLOSED.format(who="status = 'running' AND " + BY_IDS).format(column="thread_id")
    nobody = "IF NEW.user_id = '' THEN RETURN NEW; END IF;"
    emptied = "IF {closed} THEN NEW.user_id := ''; END IF; RETURN NEW;"
    return {
        "refuse_erased": nobody + by_ids.format(column="user_id"),
        "refuse_erased_key": HOLD.format(whose="NEW.owner")
        + refused.format(closed=IS_CLOSED.format(who="person_key = NEW.owner"), refuse=REFUSE),
        "refuse_erased_thread": ids.format(column="thread_id") + refused.format(closed=running, refuse=REFUSE),
        "unname_erased": nobody + emptied.format(closed=IS_CLOSED.format(who=BY_IDS.format(column="user_id"))),
    }
