"""What operators say of helplines, and where tenants are told of a crisis.

Only adds: an old process goes on while this runs, and after it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.create_table(
        "care_resources",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hidden", sa.Boolean, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("sms", sa.String(40), nullable=False),
        sa.Column("hours", sa.String(60), nullable=False),
        sa.Column("languages", JSONB, nullable=False),
        sa.Column("categories", JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
        sa.UniqueConstraint("country", "name", name=op.f("uq_care_resources_country_name")),
        if_not_exists=True,
    )
    op.create_table(
        "tenant_care",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("webhook_url", sa.String(2083), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(128), nullable=False),
        if_not_exists=True,
    )


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    op.drop_table("tenant_care", if_exists=True)
    op.drop_table("care_resources", if_exists=True)
