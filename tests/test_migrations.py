"""The migrations make exactly the tables that the models describe, one way and back, and disturb no old process."""

import hmac
import importlib
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import gevent
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Engine, MetaData, inspect, make_url, text
from sqlalchemy.exc import IntegrityError

import app as package
from app.actions.models import ActionState
from app.attachments.interfaces import StorageKind
from app.auth.models import ActorKind, Revoked, SignInKind
from app.auth.principals import Role
from app.chat.models import MessageStatus
from app.coaches.models import Seen
from app.coaching.states import Status as CoachingStatus
from app.db.session import Base, Database
from app.db.session import db as database
from app.identity.models import MailKind, Purpose
from app.imports.models import Status as ImportStatus
from app.interviews.models import Agent
from app.interviews.models import Status as InterviewStatus
from app.jobs.models import JobState, QueueName
from app.local.services import Services
from app.memory.models import FactState
from app.personalities.built_in import Style
from app.privacy.erasure.models import AskedBy, ErasureState
from app.privacy.exports.models import ExportState
from app.provenance.models import Standing
from app.realtime.live.conversation import TurnState
from app.streams.run import RunState
from app.topics.business.models import InsightStatus
from app.webhooks.models import Disclosure
from app.workspace.habits import HabitFrequency
from app.workspace.models import GoalStatus
from tests.conftest import SECRET

ROOT = Path(package.__file__).parent
REVISIONS = [script.revision for script in ScriptDirectory("migrations").walk_revisions()][::-1]
VALUES: dict[type, Any] = {
    str: "x", int: 1, float: 1.0, Decimal: 1, bool: True, bytes: b"x", object: {}, uuid.UUID: uuid.UUID(int=1),
    datetime: datetime(2026, 1, 3, tzinfo=UTC), date: date(2026, 1, 3),
}  # fmt: skip
LEGAL = {  # where not just any value will do
    "state": "completed", "status": "completed", "role": "user", "agent": "customer", "style": "direct",
    "lexemes": "x", "week_end": datetime(2026, 1, 10, tzinfo=UTC), "chat_messages.status": "complete",
    "business_insights.status": "active", "frequency": "daily", "disclosure": "once", "actor_kind": "person",
    "revocations.kind": "person", "queue": "batch", "standing": "fresh", "sign_ins.kind": "tokens",
    "memberships.role": "member", "consent_reads.type": "session",
    "mail_tokens.purpose": "verify", "mails.kind": "reset",
    "storage": "database", "actions.state": "done", "asked_by": "person", "memory_facts.state": "kept",
}  # fmt: skip


def test_models_and_migrations_do_not_differ(app: Flask) -> None:
    for path in ROOT.rglob("models.py"):
        importlib.import_module(".".join(["app", *path.relative_to(ROOT).with_suffix("").parts]))
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


@contextmanager
def created(app: Flask, services: Services, name: str) -> Iterator[Engine]:
    """A database of its own, which migrations work on."""
    with database.single() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    other = Database()
    other.connect(make_url(services.database_url).set(database=name).render_as_string(False), pool=9)
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr(database, "engine", other.engine)
        yield other.engine
    other.engine.dispose()


@pytest.fixture
def empty(app: Flask, services: Services) -> Iterator[Engine]:
    with created(app, services, "migrating") as engine:
        yield engine


@pytest.fixture(scope="module")
def full(app: Flask, services: Services) -> Engine:
    """A row in each table. What is refused leaves it as it is."""
    with created(app, services, "filled") as engine:
        upgrade()
        fill(engine)
    return engine


def fill(engine: Engine) -> dict[str, int]:
    """Puts a row into every table that has none; how many rows there are."""
    tables = MetaData()
    tables.reflect(engine)
    before = counts(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            if before.get(table.name) == 0:
                needed = [column for column in table.columns if not column.nullable]
                connection.execute(table.insert().values({column.name: value(column) for column in needed}))
    return counts(engine)


def value(column: Column[Any]) -> Any:
    own = LEGAL.get(f"{column.table.name}.{column.name}", LEGAL.get(column.name))
    return VALUES[column.type.python_type] if own is None else own


def counts(engine: Engine) -> dict[str, int]:
    names = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
    with engine.connect() as connection:
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}


@pytest.mark.parametrize("number", range(1, len(REVISIONS)))
def test_a_revision_can_be_undone_and_done_again_with_rows_in_place(empty: Engine, number: int) -> None:
    upgrade(revision=REVISIONS[number - 1])
    before = fill(empty)
    upgrade(revision=REVISIONS[number])
    fill(empty)
    downgrade(revision=REVISIONS[number - 1])
    assert counts(empty) == before
    upgrade(revision=REVISIONS[number])
    assert {name: number for name, number in counts(empty).items() if name in before} == before


def test_everything_can_be_undone(empty: Engine) -> None:
    upgrade()
    fill(empty)
    downgrade(revision="base")
    assert counts(empty) == {}


@pytest.mark.parametrize("own", ["a secret for webhooks alone", ""])
def test_tenants_that_are_there_keep_the_webhook_secret_that_was_made_for_them(
    make_app: Callable[..., Flask], services: Services, own: str
) -> None:
    with created(make_app(WEBHOOK_SECRET=own), services, "migrating") as engine:
        upgrade(revision="0016")
        fill(engine)
        upgrade(revision="0017")
        with engine.connect() as connection:
            kept = connection.execute(text("SELECT tenant_id, secret, disclosure FROM webhook_secrets")).all()
    made = hmac.new((own or SECRET).encode(), b"webhook:x", "sha256").hexdigest()
    assert kept == [("x", made, "always")]


def test_what_a_text_can_have_been_made_from_is_known_of_older_ones_too(empty: Engine) -> None:
    upgrade(revision="0028")
    fill(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE weekly_insights SET content = 'You may X soon'"))
        connection.execute(text('UPDATE suggested_prompts SET sources = \'["x", "gone"]\''))
    upgrade(revision="0030")
    query = "SELECT derived_type, source_type FROM derived_sources ORDER BY derived_type, source_type"
    with empty.begin() as connection:
        known = connection.execute(text(query)).all()
        connection.execute(text("DELETE FROM journal_entries"))
        left = connection.execute(text("SELECT content FROM weekly_insights")).scalar_one()
    tables = ("suggested_prompts", "weekly_insights")
    assert (known, left) == ([(table, kind) for table in tables for kind in ("goal", "journal")], "")


def test_an_old_process_writes_while_constraints_are_added(empty: Engine) -> None:
    upgrade(revision="0007")
    fill(empty)
    written: list[int] = []

    def write() -> None:
        while True:
            with empty.begin() as connection:
                written.append(connection.execute(text("UPDATE jobs SET attempts = attempts + 1")).rowcount)
            gevent.sleep(0)

    writing = gevent.spawn(write)
    upgrade(revision="0008")
    assert not writing.dead and set(written) == {1}
    writing.kill()


def test_a_version_that_is_rolled_back_to_leaves_a_later_schema_as_it_is(empty: Engine) -> None:
    upgrade()
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'a later one''s'"))
    before = fill(empty)
    upgrade()
    assert counts(empty) == before
    with pytest.raises(SystemExit):
        downgrade()


def test_two_processes_that_migrate_at_once_do_it_one_after_the_other(empty: Engine, environ: dict[str, str]) -> None:
    settings = os.environ | environ | {"DATABASE_URL": empty.url.render_as_string(False)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    both = [subprocess.Popen(command, cwd=ROOT.parent, env=settings, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    with empty.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == REVISIONS[-1]


@pytest.mark.parametrize(
    ("column", "states"),
    [
        ("jobs.state", JobState),
        ("jobs.queue", QueueName),
        ("goals.status", GoalStatus),
        ("blobs.storage", StorageKind),
        ("goals.habit_frequency", HabitFrequency),
        ("routines.frequency", HabitFrequency),
        ("personalities.style", Style),
        ("chat_turns.state", RunState),
        ("chat_messages.status", MessageStatus),
        ("coaching_sessions.status", CoachingStatus),
        ("business_insights.status", InsightStatus),
        ("revocations.kind", Revoked),
        ("audit_entries.actor_kind", ActorKind),
        ("imports.status", ImportStatus),
        ("interviews.status", InterviewStatus),
        ("webhook_secrets.disclosure", Disclosure),
        ("interview_messages.agent", Agent),
        ("realtime_chats.state", TurnState),
        ("exports.status", ExportState),
        ("derived_sources.standing", Standing),
        ("erasures.status", ErasureState),
        ("erasures.asked_by", AskedBy),
        ("actions.state", ActionState),
        ("memory_facts.state", FactState),
        ("sign_ins.kind", SignInKind),
        ("memberships.role", Role),
        ("mail_tokens.purpose", Purpose),
        ("mails.kind", MailKind),
        ("consent_reads.type", Seen),
    ],
)
def test_the_database_allows_exactly_the_states_that_there_are(app: Flask, column: str, states: type[StrEnum]) -> None:
    name = {"name": f"ck_{column.replace('.', '_')}"}
    query = text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name AND convalidated")
    with database.engine.connect() as connection:
        rule = connection.execute(query, name).scalar_one()
    assert set(re.findall("'([^']+)'", rule)) == set(states)


@pytest.mark.parametrize(
    "nonsense",
    [
        "UPDATE jobs SET state = 'asleep'",
        "UPDATE jobs SET state = 'running', lease_until = NULL",
        "UPDATE jobs SET attempts = -1",
        "UPDATE goals SET progress_percentage = 101",
        'UPDATE milestones SET "order" = 0',
        "UPDATE chat_messages SET position = 0",
        "UPDATE chat_turns SET state = 'running', lease_until = NULL",
        "UPDATE weekly_insights SET week_end = week_start",
    ],
)
def test_what_must_never_be_is_refused(full: Engine, nonsense: str) -> None:
    with pytest.raises(IntegrityError, match="ck_"), full.begin() as connection:
        connection.execute(text(nonsense))
