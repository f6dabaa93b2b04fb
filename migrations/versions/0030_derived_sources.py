"""What texts were made from, and triggers that note in the same transaction when that is changed or deleted.

Only adds a table and triggers: an old process goes on while this runs, and after it, and its changes are noted too.
Each trigger takes a short lock for itself; what was made before is looked through without any.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LOCK_TIMEOUT = "5s"  # those who come after us wait as long as we do
STANDINGS = "standing IN ('fresh', 'changed', 'deleted')"
# what a text is made of in each table of sources; any other column may change without its being noted
SOURCES = {
    "journal_entries": ("journal", ("title", "content", "mood", "tags", "entry_date", "all_day", "timezone")),
    "goals": (
        "goal",
        ("title", "description", "category", "status", "target_date", "progress_percentage", "details"),
    ),
    "milestones": ("milestone", ("title", "due_date", "completed", "completed_at")),
    "progress_updates": ("progress", ("content",)),
    "workspace_records": ("", ("document",)),  # its collection is the type
}  # fmt: skip
DERIVED = ("weekly_insights", "suggested_prompts", "business_insights")

OF_SOURCE = "d.tenant_id = OLD.tenant_id AND d.source_type = kind AND d.source_id = OLD.id"
NOTE = f"""CREATE OR REPLACE FUNCTION note_source() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  kind text := CASE TG_TABLE_NAME WHEN 'workspace_records' THEN to_jsonb(OLD) ->> 'collection' ELSE TG_ARGV[0] END;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM derived_sources AS d WHERE {OF_SOURCE}) THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'DELETE' THEN
    UPDATE weekly_insights AS t SET content = '' FROM derived_sources AS d
      WHERE {OF_SOURCE} AND d.derived_type = 'weekly_insights' AND t.id = d.derived_id AND t.content <> '';
    UPDATE suggested_prompts AS t SET prompts = '[]' FROM derived_sources AS d
      WHERE {OF_SOURCE} AND d.derived_type = 'suggested_prompts'
        AND t.tenant_id = d.tenant_id AND t.user_id = d.derived_id;
    UPDATE business_insights AS t SET title = '', description = '', details = '{{}}' FROM derived_sources AS d
      WHERE {OF_SOURCE} AND d.derived_type = 'business_insights' AND t.id = d.derived_id;
    DELETE FROM idempotency_keys AS t USING derived_sources AS d
      WHERE {OF_SOURCE} AND d.derived_type = 'idempotency_keys' AND t.answer IS NOT NULL
        AND t.owner = split_part(d.derived_id, ' ', 1)
        AND t.key = substr(d.derived_id, strpos(d.derived_id, ' ') + 1);
  END IF;
  UPDATE derived_sources AS d SET standing = CASE TG_OP WHEN 'DELETE' THEN 'deleted' ELSE 'changed' END
    WHERE {OF_SOURCE} AND d.standing <> 'deleted';
  RETURN NULL;
END $$"""  # noqa: S608 - constants only
FORGET = """CREATE OR REPLACE FUNCTION forget_sources() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gone text := to_jsonb(OLD) ->> CASE TG_TABLE_NAME WHEN 'suggested_prompts' THEN 'user_id' ELSE 'id' END;
BEGIN
  DELETE FROM derived_sources AS d
    WHERE d.tenant_id = OLD.tenant_id AND d.derived_type = TG_TABLE_NAME AND d.derived_id = gone;
  RETURN NULL;
END $$"""
# A title that says how a message began goes with it, and so does a summary in which it may be told.
SESSIONS = r"""CREATE OR REPLACE FUNCTION forget_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE chat_sessions AS s SET
    summary = CASE WHEN told.first <= s.summarised_through THEN NULL ELSE s.summary END,
    summarised_through = CASE WHEN told.first <= s.summarised_through THEN 0 ELSE s.summarised_through END,
    last_message = (SELECT left(m.content, 1000) FROM chat_messages AS m
      WHERE m.session_id = s.id ORDER BY m.position DESC LIMIT 1),
    title = CASE WHEN EXISTS (SELECT 1 FROM gone AS g WHERE g.session_id = s.id AND g.role = 'user'
      AND starts_with(btrim(regexp_replace(g.content, '\s+', ' ', 'g')), s.title)) THEN 'New Conversation'
      ELSE s.title END
  FROM (SELECT session_id, min(position) AS first FROM gone GROUP BY session_id) AS told
  WHERE s.id = told.session_id;
  RETURN NULL;
END $$"""

# What was made before this knows nothing of its sources: they are those that it can have been made from.
OLDER = (
    """INSERT INTO derived_sources (tenant_id, user_id, derived_type, derived_id, source_type, source_id, version,
      standing, made_at)
    SELECT w.tenant_id, w.user_id, 'weekly_insights', w.id, 'journal', e.id, '', 'fresh', w.updated_at
    FROM weekly_insights AS w JOIN journal_entries AS e ON e.tenant_id = w.tenant_id AND e.user_id = w.user_id
      AND e.entry_date BETWEEN w.week_start - interval '1 day' AND w.week_end + interval '1 day'
      AND e.created_at <= w.updated_at
    WHERE w.content IS NOT NULL ON CONFLICT DO NOTHING""",
    """INSERT INTO derived_sources (tenant_id, user_id, derived_type, derived_id, source_type, source_id, version,
      standing, made_at)
    SELECT w.tenant_id, w.user_id, 'weekly_insights', w.id, 'goal', g.id, '', 'fresh', w.updated_at
    FROM weekly_insights AS w JOIN goals AS g ON g.tenant_id = w.tenant_id AND g.user_id = w.user_id
      AND strpos(lower(w.content), lower(g.title)) > 0
    WHERE w.content IS NOT NULL ON CONFLICT DO NOTHING""",
    """INSERT INTO derived_sources (tenant_id, user_id, derived_type, derived_id, source_type, source_id, version,
      standing, made_at)
    SELECT p.tenant_id, p.user_id, 'suggested_prompts', p.user_id, s.kind, s.id, '', 'fresh', p.made_at
    FROM suggested_prompts AS p
    CROSS JOIN LATERAL jsonb_array_elements_text(
      CASE jsonb_typeof(p.sources) WHEN 'array' THEN p.sources ELSE '[]' END) AS known(id)
    JOIN LATERAL (
      SELECT 'goal' AS kind, g.id FROM goals AS g
        WHERE g.tenant_id = p.tenant_id AND g.user_id = p.user_id AND g.id = known.id
      UNION ALL SELECT 'journal', e.id FROM journal_entries AS e
        WHERE e.tenant_id = p.tenant_id AND e.user_id = p.user_id AND e.id = known.id) AS s ON true
    ON CONFLICT DO NOTHING""",
)


def upgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    _table()
    for function in (NOTE, FORGET, SESSIONS):
        op.execute(function)
    with op.get_context().autocommit_block():
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        _triggers()
        op.execute("RESET lock_timeout")
        for statement in OLDER:
            op.execute(statement)


def _triggers() -> None:
    for table, (kind, columns) in SOURCES.items():
        changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns)
        _trigger("changed", "UPDATE", table, f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION note_source('{kind}')")
        _trigger("deleted", "DELETE", table, f"FOR EACH ROW EXECUTE FUNCTION note_source('{kind}')")
    for table in DERIVED:
        _trigger("forgotten", "DELETE", table, "FOR EACH ROW EXECUTE FUNCTION forget_sources()")
    whole = "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION forget_messages()"
    _trigger("deleted", "DELETE", "chat_messages", whole)


def downgrade() -> None:
    op.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    for function in ("note_source", "forget_sources", "forget_messages"):
        op.execute(f"DROP FUNCTION IF EXISTS {function}() CASCADE")  # with the triggers
    op.drop_table("derived_sources", if_exists=True)


def _table() -> None:
    op.create_table(
        "derived_sources",
        sa.Column("tenant_id", sa.String(128), primary_key=True),
        sa.Column("derived_type", sa.String(40), primary_key=True),
        sa.Column("derived_id", sa.String(520), primary_key=True),
        sa.Column("source_type", sa.String(20), primary_key=True),
        sa.Column("source_id", sa.String(64), primary_key=True),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("standing", sa.String(8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(STANDINGS, name="standing"),
        if_not_exists=True,
    )
    order = ["tenant_id", "source_type", "source_id"]
    op.create_index("ix_derived_sources_source", "derived_sources", order, if_not_exists=True)


def _trigger(what: str, when: str, table: str, then: str) -> None:
    op.execute(f"CREATE OR REPLACE TRIGGER {table}_{what} AFTER {when} ON {table} {then}")
