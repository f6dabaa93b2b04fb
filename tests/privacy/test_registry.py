"""Standing tests: every table and every Redis key says whose it is, and what comes of it."""

import re
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import Table, text

import app.composition.application  # noqa: F401  # every model there is
from app.core.ids import joined, mark
from app.db.privacy import Derivation, OfNobody, OfPerson, OfTeam, PartOf
from app.db.restoring import Stays
from app.db.session import Base
from app.db.session import db as database
from app.privacy.registry import REDIS_KEYS, Scope, declarations, declared_redis_key, exported, shown_columns
from app.streams.signals import signals
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, live, sent
from tests.realtime.conftest import Machine, Talk, key_of, make_agent, make_session

MODELS = {cast(Table, mapper.local_table).name: mapper.class_ for mapper in Base.registry.mappers}
TABLES = {table.name: table for table in declarations()}
SECRET = re.compile(r"secret|(?<!weekly_)digest|hash|salt|password|(?<!max_)(?<!input_)(?<!output_)(?<!first_)token")


def test_every_table_is_a_models() -> None:
    assert set(MODELS) == set(TABLES) == set(Base.metadata.tables)


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_every_table_says_itself_whose_it_is(name: str) -> None:
    assert isinstance(vars(MODELS[name]).get("privacy"), OfPerson | PartOf | OfTeam | OfNobody), f"{name} is silent"


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_what_is_said_is_about_columns_and_tables_that_there_are(name: str) -> None:
    table, said = TABLES[name], declarations()[TABLES[name]]
    taken = {column for name in said.name_columns for column in (name.column, *name.beside)}
    named = {*said.left_out, *taken, *said.derived}
    named |= {"tenant_id", "user_id"} if isinstance(said, OfPerson) and not said.key else set()
    named |= {"tenant_id", *([said.person] if said.person else [])} if isinstance(said, OfTeam) else set()
    named |= {said.by} if isinstance(said, PartOf) else set()
    named |= {"id", "content_type"} if said.has_files else set()
    assert named <= {column.name for column in table.columns}
    assert {source for sources in said.derived.values() for source in sources} <= set(TABLES)
    assert not isinstance(said, PartOf) or len(table.c[said.by].foreign_keys) == 1


DERIVED = [table.name for table, said in declarations().items() if said.derived]
RECORDED = [name for name in DERIVED if declarations()[TABLES[name]].derivation is Derivation.RECORDED]


@pytest.mark.parametrize("name", DERIVED)
def test_a_text_that_is_derived_says_how_it_follows_its_sources(name: str) -> None:
    assert declarations()[TABLES[name]].derivation is not None, f"{name} keeps words of what is deleted"


@pytest.mark.parametrize("name", RECORDED)
def test_a_text_whose_sources_are_recorded_hears_of_each(name: str) -> None:
    sources = {source for of in declarations()[TABLES[name]].derived.values() for source in of}
    heard = {f"{source}_{what}" for source in sources for what in ("changed", "deleted")}
    assert {*heard, f"{name}_forgotten"} <= triggers()


def triggers() -> set[str]:
    with database.read() as session:
        return set(session.scalars(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")))


def test_the_sources_of_every_text_that_is_kept_are_recorded(olivia: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    with database.read() as session:
        for name in RECORDED:
            kept = session.scalar(text(f"SELECT count(*) FROM {name}"))
            query = text("SELECT count(DISTINCT derived_id) FROM derived_sources WHERE derived_type = :name")
            assert kept and session.scalar(query, {"name": name}) == kept, name


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_rows_with_an_owner_are_not_said_to_be_somebody_elses(name: str) -> None:
    columns, said = set(TABLES[name].columns.keys()), declarations()[TABLES[name]]
    if "user_id" in columns:
        assert isinstance(said, OfPerson)
    elif "tenant_id" in columns:
        assert isinstance(said, OfTeam | PartOf)
    if isinstance(said, OfPerson) and said.kept:
        assert said.names, "a row that outlives its person must not name them"


@pytest.mark.parametrize("scope", [Scope("acme", "olivia"), Scope("acme")], ids=["person", "tenant"])
def test_no_secret_is_exported(scope: Scope) -> None:
    shown = {(table.name, name) for table, _ in exported(scope) for name in shown_columns(table, scope)}
    assert [column for column in shown if SECRET.search(column[1])] == []


def test_the_document_describes_every_table_of_an_export() -> None:
    told = dict(re.findall(r"^\| `data/(\w+)\.json` \| (.+?) \|", Path("docs/export.md").read_text(), re.MULTILINE))
    scope = Scope("acme")
    shown = {table.name: ", ".join([*shown_columns(table, scope), *_file_of(table)]) for table, _ in exported(scope)}
    assert told == shown


@pytest.mark.parametrize("name", sorted(table.name for table, _ in exported(Scope("acme"))))
def test_every_table_of_an_export_says_what_an_import_does_with_it(name: str) -> None:
    said = declarations()[TABLES[name]]
    assert said.restored is not None, f"{name} is silent"


def test_the_document_tells_what_an_import_leaves() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", Path("docs/import.md").read_text(), re.MULTILINE))
    left = {table.name: declarations()[table].restored for table, _ in exported(Scope("acme"))}
    assert told == {name: said.why for name, said in left.items() if isinstance(said, Stays)}


def _file_of(table: Table) -> list[str]:
    return ["file"] if declarations()[table].has_files else []


def test_every_redis_key_that_the_products_leave_is_declared(
    offline_app: Flask, olivia: Caller, work_off: WorkOff, environ: dict[str, str], start_web: object
) -> None:
    seen: set[str] = set()
    live(olivia, "kumquat", work_off)
    seen |= keys()
    _talk_aloud(offline_app, start_web)
    anonymous = sign_in(offline_app, "", "")
    sent(anonymous.post("/api/interviews/start", json={"persona_id": "bakery_owner"}))
    sent(olivia.post("/api/v1/me/exports", json={}))
    seen |= keys()
    assert {kind.partition(":")[0] for kind in seen} == {"stream", "rate", "budget", "rq"}
    assert [key for key in seen if declared_redis_key(key) is None] == []


def test_a_key_that_nobody_declared_is_found_out() -> None:
    assert declared_redis_key("journal:olivia") is None


def test_keys_that_name_a_person_are_found_by_the_person(olivia: Caller, theo: Caller) -> None:
    for caller in (olivia, theo):
        sent(caller.get("/api/v1/chat/sessions"))
        sent(caller.post("/api/v1/chat/message", json={"message": "How do I go on?"}))
    globs = [glob for glob in (kind.glob("acme", "olivia") for kind in REDIS_KEYS) if glob]
    found = {key.decode() for glob in globs for key in signals.redis.keys(glob)}
    theirs = "olivia", mark(joined("acme", "olivia"))
    assert found == {key for key in keys() if any(word in key for word in theirs)}
    assert {key.partition(":")[0] for key in found} == {"stream", "rate", "budget"}


def keys() -> set[str]:
    return {key.decode() for key in signals.redis.keys("*")}


def _talk_aloud(app: Flask, start_web: object) -> None:
    """One turn over the realtime socket."""
    machine = Machine(app.test_client(), key_of("acme"), "acme")
    agent = make_agent(machine)
    make_session(machine, agent)
    web = start_web(LLM_MODELS="offline:coach")  # type: ignore[operator]
    talk = Talk(web, machine.key, agent["bot_id"])
    talk.hear()
    talk.say("text_query", text="How do I plan my week?", muteAudio=True)
    talk.until("response_ended")
    talk.socket.close()
