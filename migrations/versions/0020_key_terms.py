"""What an API key is good for: scopes, typed places, a rate, an end, and when it was last used.

Only adds columns, with the defaults of a key that may do everything: an old process goes on meanwhile, and afterwards.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
TABLE = "api_keys"
EVERYTHING = '["realtime:connect","realtime:read","realtime:write","interviews"]'
LISTS = {"origins": "[]", "hosts": "[]", "networks": "[]", "scopes": EVERYTHING}
TIMES = ("expires_at", "last_used_at")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        for name, default in LISTS.items():
            column = sa.Column(name, JSONB, nullable=False, server_default=sa.text(f"'{default}'"))
            op.add_column(TABLE, column, if_not_exists=True)
        op.add_column(TABLE, sa.Column("rate", sa.String(length=100), nullable=True), if_not_exists=True)
        for name in TIMES:
            op.add_column(TABLE, sa.Column(name, sa.DateTime(timezone=True), nullable=True), if_not_exists=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in (*TIMES, "rate", *LISTS):
            op.drop_column(TABLE, name, if_exists=True)
