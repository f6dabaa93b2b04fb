"""All of a person as a file, or gone, by command; and gone once more after a restore."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import text

from app.db.session import db as database
from app.privacy.erasure.models import Erasure
from app.workspace.models import Category
from tests.conftest import Caller
from tests.privacy.conftest import Zip, sent, write
from tests.privacy.erasing import ME, somebody, tables_with


@pytest.fixture
def run(app: Flask, clean: None) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def erin(app: Flask, clean: None) -> Caller:
    return somebody(app)


def invoked(run: FlaskCliRunner, *args: str) -> str:
    result = run.invoke(args=args)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def erased(run: FlaskCliRunner, whom: Caller) -> Any:
    return json.loads(invoked(run, "erase", "--tenant", whom.tenant, "--user", whom.user, "--yes"))


def restored(*people: Caller) -> None:
    """As a backup has it, which knows of no erasure."""
    with database.begin() as session:
        session.execute(text("DELETE FROM erasures"))
        session.execute(text("DELETE FROM revocations"))
        for person in people:
            session.add(Category(tenant_id=person.tenant, user_id=person.user, name="kumquat"))


def test_export_writes_a_zip_and_prints_its_counts(run: FlaskCliRunner, erin: Caller, tmp_path: Path) -> None:
    write(erin, "kumquat")
    out = tmp_path / "erin.zip"
    counts = json.loads(invoked(run, "export", "--tenant", erin.tenant, "--user", erin.user, "--out", str(out)))
    found = Zip(out.read_bytes())
    assert counts == found.manifest["counts"] and found.has("kumquat")
    assert (out.stat().st_mode & 0o777, [path.name for path in tmp_path.iterdir()]) == (0o600, ["erin.zip"])


def test_export_replaces_nothing_but_a_file(run: FlaskCliRunner, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    args = ["export", "--tenant", "acme", "--user", "u", "--out", str(tmp_path / "pipe")]
    assert run.invoke(args=args).exit_code == 2 and (tmp_path / "pipe").is_fifo()


def test_erase_prints_the_receipt(run: FlaskCliRunner, erin: Caller) -> None:
    write(erin, "kumquat")
    receipt = erased(run, erin)
    assert (receipt["status"], receipt["asked_by"], receipt["counts"]["journal_entries"]) == ("completed", "command", 1)
    assert tables_with("kumquat") == set()


def test_erase_asks_first(run: FlaskCliRunner, erin: Caller) -> None:
    write(erin, "kumquat")
    result = run.invoke(args=["erase", "--tenant", erin.tenant, "--user", erin.user], input="n\n")
    assert (result.exit_code, result.stdout) == (1, "") and tables_with("kumquat")


def test_it_needs_a_person(run: FlaskCliRunner) -> None:
    assert run.invoke(args=["erase", "--tenant", "acme", "--yes"]).exit_code == 2


def test_what_a_restore_brought_back_is_erased_again(run: FlaskCliRunner, erin: Caller, tmp_path: Path) -> None:
    receipt = erased(run, erin)
    log = tmp_path / "log"
    log.write_text(invoked(run, "erasures"))
    restored(erin)
    assert tables_with("kumquat") == {"categories"}
    [again] = map(json.loads, invoked(run, "erase", "--replay", str(log)).splitlines())
    assert (again["erasure_id"], again["asked_by"]) == (receipt["erasure_id"], "log")
    assert tables_with("kumquat") == set()
    assert invoked(run, "erase", "--replay", str(log)) == ""


def test_the_file_beside_the_database_has_the_same_lines(
    run: FlaskCliRunner, erin: Caller, environ: dict[str, str]
) -> None:
    erased(run, erin)
    [line] = map(json.loads, invoked(run, "erasures").splitlines())
    kept = [json.loads(text) for text in (Path(environ["DATA_DIR"]) / "erasures.jsonl").read_text().splitlines()]
    assert {name: line[name] for name in ("erasure_id", "tenant", "user", "status")} in [
        {name: one[name] for name in ("erasure_id", "tenant", "user", "status")} for one in kept
    ]


def test_what_was_called_off_since_the_backup_stays_called_off(
    run: FlaskCliRunner, erin: Caller, tmp_path: Path
) -> None:
    confirmation = erin.delete(ME).json["confirmation"]
    planned = sent(erin.delete(ME, query_string={"confirmation": confirmation}))
    sent(erin.post(f"{ME}/erasure/cancel"))
    log = tmp_path / "log"
    log.write_text(invoked(run, "erasures"))
    with database.begin() as session:
        session.get_one(Erasure, planned["erasure_id"]).status = "scheduled"  # type: ignore[assignment]
    assert invoked(run, "erase", "--replay", str(log)) == ""
    assert erin.get(f"{ME}/erasure").status_code == 404


def test_a_log_that_is_none_is_one_sentence(run: FlaskCliRunner, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("nonsense\n")
    result = run.invoke(args=["erase", "--replay", str(log)])
    assert (result.exit_code, result.stderr) == (1, "Error: Line 1 is none of a log of erasures\n")
