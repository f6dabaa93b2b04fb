"""A word in every field of every row that a person can have: none of it is anywhere once the person is erased."""

import subprocess

import pytest
from flask import Flask
from sqlalchemy import JSON, ColumnElement, LargeBinary, String, Table, update
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.schema import Column

from app.db.privacy import OfPerson, PartOf
from app.db.session import db as database
from app.local.postgres import programs
from app.local.services import Services
from app.privacy.registry import declarations, erased
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, export, sent
from tests.privacy.erasing import ADMIN, files_with, fill_for_x, keys_with, tables_with

WORD = "kumquat"
NEWER = {
    "memory_facts", "turn_traces", "coach_notes", "consents", "consent_reads", "reminders", "reminder_runs", "actions",
    "attachments", "blob_pieces", "mails", "derived_sources", "push_subscriptions",
}  # fmt: skip
OWNERS = {"tenant_id", "user_id"}  # by which they are found
OF_A_LIST = {"timezone", "role"}  # fixed words, which the database does not know or does not let go


@pytest.fixture
def planted(offline_app: Flask, clean: None) -> dict[str, set[str]]:
    """The columns of each table that have it."""
    fill_for_x()
    with database.begin() as session:
        return {table.name: _plant(session, table, rows) for table, rows in erased("x", "x")}


def _plant(session: Session, table: Table, rows: ColumnElement[bool]) -> set[str]:
    return {column.name for column in _fields(table) if _is_put(session, column, rows)}


def _fields(table: Table) -> list[Column[object]]:
    """That words may be in: not whose the row is, nor what another row is called."""
    said = declarations()[table]
    keys = OWNERS | OF_A_LIST | {getattr(said, name, "") for name in ("key", "person")}
    own = (column for column in table.columns if column.name not in keys and not column.foreign_keys)
    return [column for column in own if _value(column) is not None]


def _value(column: Column[object]) -> object:
    kind = column.type
    if isinstance(kind, JSON):
        return {WORD: [WORD]}
    if isinstance(kind, LargeBinary):
        return WORD.encode()
    has_room = isinstance(kind, TSVECTOR) or (isinstance(kind, String) and (kind.length or 99) >= len(WORD))
    return WORD if has_room else None


def _is_put(session: Session, column: Column[object], rows: ColumnElement[bool]) -> bool:
    """Fixed words are checked by the database."""
    try:
        with session.begin_nested():
            session.execute(update(column.table).where(rows).values({column.name: _value(column)}))
    except IntegrityError:
        return False
    return True


def erase_x(operator: Caller, work_off: WorkOff) -> None:
    sent(operator.post(ADMIN, json={"tenant": "x", "user": "x"}))
    work_off()


@pytest.fixture
def opal(offline_app: Flask) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


@pytest.fixture
def boss(offline_app: Flask) -> Caller:
    """Who owns the tenant."""
    return sign_in(offline_app, "bo", "x", "owner")


def test_every_table_with_words_of_people_has_it_before(planted: dict[str, set[str]]) -> None:
    """Whatever comes to the registry later is among them."""
    of_people = [table for table, said in declarations().items() if isinstance(said, OfPerson | PartOf)]
    with_words = {table.name for table in of_people if table.name in planted and _fields(table)}
    assert {name for name, columns in planted.items() if columns} & with_words == with_words
    assert tables_with(WORD) >= with_words >= NEWER


def test_it_is_nowhere_after(
    planted: dict[str, set[str]], opal: Caller, boss: Caller, work_off: WorkOff, services: Services,
    environ: dict[str, str],
) -> None:  # fmt: skip
    assert WORD in dumped(services)
    erase_x(opal, work_off)
    assert (tables_with(WORD), keys_with(WORD), files_with(WORD, environ["DATA_DIR"])) == (set(), [], [])
    text = dumped(services)
    assert "COPY public.journal_entries" in text
    assert WORD not in text and WORD.encode().hex() not in text
    assert not export(boss, work_off, "/admin/exports").has(WORD)


def dumped(services: Services) -> str:
    """All that a backup has."""
    command = [programs() / "pg_dump", "--data-only", services.database_url]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()
