"""Webhook secrets are stored, no longer made from other secrets. Tenants that are there keep the one that they have.

Only adds a table: an old process goes on while this runs, and after it. Run it with the service's own variables: what
WEBHOOK_SECRET, AUTH_JWT_SECRET or DATABASE_URL made until now is made here for the last time.
"""

import hmac
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.config.settings import Settings
from app.web.container import resolve

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

EXISTING = "SELECT tenant_id FROM model_calls UNION SELECT tenant_id FROM topic_runs"


def upgrade() -> None:
    table = op.create_table(
        "webhook_secrets",
        sa.Column("tenant_id", sa.String(length=128), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("disclosure", sa.String(length=6), nullable=False),
        sa.Column("previous", sa.String(length=100), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_webhook_secrets")),
        sa.CheckConstraint("disclosure IN ('always', 'once', 'never')", name=op.f("ck_webhook_secrets_disclosure")),
    )
    existing = op.get_bind().scalars(sa.text(EXISTING)).all()
    kept = {"disclosure": "always", "created_at": datetime.now(UTC)}
    op.bulk_insert(table, [{"tenant_id": tenant, "secret": _derived(tenant), **kept} for tenant in existing])


def downgrade() -> None:
    """Who has changed their secret gets the one from before it back."""
    op.drop_table("webhook_secrets")


def _derived(tenant: str) -> str:
    settings = resolve(Settings)
    master = settings.webhook_secret or settings.auth.secret or settings.database_url
    return hmac.new(master.encode(), f"webhook:{tenant}".encode(), "sha256").hexdigest()
