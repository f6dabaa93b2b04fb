"""What must never be stored, said to the database; and an index for the runs of weekly insights.

An old process goes on while this runs: constraints are added without looking at the rows, which takes a short lock for
each table, and then validated under a lock that stops nobody from reading or writing. Each step commits by itself, so
that a run which was cut short may be repeated.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
INDEX = "ix_weekly_insights_run_id"


def one_of(column: str, *words: str, null: bool = False) -> str:
    known = f"{column} IN ({', '.join(repr(word) for word in words)})"
    return f"{column} IS NULL OR {known}" if null else known


RUN_STATES = ("running", "completed", "cancelled", "failed")
CHECKS: dict[str, dict[str, str]] = {
    "jobs": {
        "state": one_of("state", "queued", *RUN_STATES),
        "attempts": "attempts >= 0",
        "lease": "state <> 'running' OR lease_until IS NOT NULL",
    },
    "goals": {
        "status": one_of("status", "not_started", "in_progress", "completed", "abandoned"),
        "progress_percentage": "progress_percentage BETWEEN 0 AND 100",
        "habit_frequency": one_of("habit_frequency", "daily", "weekly", "monthly", null=True),
    },
    "milestones": {"order": '"order" >= 1'},
    "document_chunks": {"part": "part >= 0"},
    "personalities": {
        "style": one_of("style", "supportive", "direct", "motivational", "analytical", "empathetic"),
        "voice_stability": "voice_stability BETWEEN 0 AND 1",
        "voice_similarity_boost": "voice_similarity_boost BETWEEN 0 AND 1",
    },
    "model_calls": {
        "tokens": "input_tokens >= 0 AND output_tokens >= 0",
        "cost": "cost >= 0",
        "attempts": "attempts >= 0",
    },
    "chat_sessions": {
        "message_count": "message_count >= 0",
        "summarised_through": "summarised_through >= 0",
    },
    "chat_messages": {
        "position": "position >= 1",
        "role": one_of("role", "user", "assistant"),
        "status": one_of("status", "complete", "cancelled", "partial"),
    },
    "chat_turns": {
        "state": one_of("state", *RUN_STATES),
        "lease": "state <> 'running' OR lease_until IS NOT NULL",
    },
    "weekly_insights": {
        "counts": "entry_count >= 0 AND entries_analyzed >= 0",
        "week": "week_end > week_start",
    },
    "coaching_sessions": {
        "status": one_of("status", "active", "paused", "completed", "cancelled"),
        "counts": "turns >= 0 AND messages >= 0 AND max_turns >= 1",
    },
    "coaching_messages": {"place": "place >= 1"},
    "prompt_versions": {"version": "version >= 1"},
    "topic_settings": {
        "temperature": "temperature BETWEEN 0 AND 2",
        "max_tokens": "max_tokens >= 1",
    },
    "topic_runs": {
        "state": one_of("state", "pending", "processing", "completed", "cancelled", "failed"),
        "estimated_ms": "estimated_ms >= 0",
    },
    "business_insights": {"status": one_of("status", "active", "dismissed", "acknowledged")},
    "agents": {"age": "age BETWEEN 0 AND 150", "max_tokens": "max_tokens >= 1"},
    "realtime_chats": {"state": one_of("state", "completed", "cancelled", "failed")},
    "slide_decks": {"version": "version >= 1"},
    "slide_revisions": {"version": "version >= 1"},
    "interviews": {
        "status": one_of("status", "in-progress", "completed", "failed"),
        "length": "length >= 1",
    },
    "interview_messages": {"place": "place >= 1", "agent": one_of("agent", "interviewer", "customer")},
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        for table, checks in CHECKS.items():
            names = {f"ck_{table}_{name}": rule for name, rule in checks.items()}
            drops = [f"DROP CONSTRAINT IF EXISTS {name}" for name in names]
            adds = [f"ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID" for name, rule in names.items()]
            _run(f"ALTER TABLE {table} {', '.join(drops + adds)}")
            for name in names:
                _run(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")  # one that was cut short is not usable
        op.create_index(INDEX, "weekly_insights", ["run_id"], postgresql_concurrently=True)
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, postgresql_concurrently=True, if_exists=True)
        for table, checks in CHECKS.items():
            drops = [f"DROP CONSTRAINT IF EXISTS ck_{table}_{name}" for name in checks]
            _run(f"ALTER TABLE {table} {', '.join(drops)}")


def _run(statement: str) -> None:
    op.execute(sa.text(statement))
