"""A person erases all of their own: asks, confirms, and may call it off for a week."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.db.session import db as database
from app.jobs.runner import JobRunner
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, sent, write
from tests.privacy.erasing import ADMIN, ME, erase, receipts, somebody, tables_with

DUE = "UPDATE {} SET {} = now() - interval '1 hour'"


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


@pytest.fixture
def erin(offline_app: Flask, clean: None) -> Caller:
    return somebody(offline_app)


def asked(caller: Caller) -> str:
    answer = caller.delete(ME)
    assert answer.status_code == 202 and set(answer.json) == {"confirmation", "expires_at"}
    return str(answer.json["confirmation"])


def confirm(caller: Caller, confirmation: str) -> Any:
    return caller.delete(ME, query_string={"confirmation": confirmation})


def planned(caller: Caller) -> Any:
    answer = confirm(caller, asked(caller))
    assert answer.status_code == 202 and set(answer.json) == {"erasure_id", "erase_at"}
    return answer.json


def a_week_goes_by() -> None:
    with database.begin() as session:
        for table, column in (("erasures", "erase_at"), ("jobs", "due_at")):
            session.execute(text(DUE.format(table, column)))


def test_to_ask_changes_nothing(erin: Caller, work_off: WorkOff) -> None:
    write(erin)
    asked(erin)
    work_off()
    assert erin.get(f"{ME}/erasure").status_code == 404
    assert len(sent(erin.get("/api/v1/journal"))["entries"]) == 1


def test_there_is_a_week_of_grace(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    write(erin, "kumquat")
    made = planned(erin)
    left = datetime.fromisoformat(made["erase_at"]) - now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    work_off()
    assert sent(erin.get(f"{ME}/erasure")) == made | {"status": "scheduled"}
    assert tables_with("kumquat")
    a_week_goes_by()
    work_off()
    [receipt] = receipts(opal)
    assert (receipt["status"], receipt["asked_by"], tables_with("kumquat")) == ("completed", "person", set())


def test_it_can_be_called_off(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    write(erin, "kumquat")
    made = planned(erin)
    assert sent(erin.post(f"{ME}/erasure/cancel")) == made | {"status": "cancelled"}
    a_week_goes_by()
    work_off()
    assert len(sent(erin.get("/api/v1/journal"))["entries"]) == 1
    assert [one["status"] for one in receipts(opal)] == ["cancelled"]


def test_confirmed_twice_it_is_one(erin: Caller) -> None:
    confirmation = asked(erin)
    first, second = (confirm(erin, confirmation).json for _ in range(2))
    assert first == second


def test_a_confirmation_is_no_good_after_it_was_called_off(erin: Caller) -> None:
    confirmation = asked(erin)
    confirm(erin, confirmation)
    sent(erin.post(f"{ME}/erasure/cancel"))
    assert confirm(erin, confirmation).status_code == 400
    assert confirm(erin, asked(erin)).status_code == 202


def test_only_ones_own_confirmation_counts(erin: Caller, theo: Caller) -> None:
    until, _, signature = asked(erin).partition(".")
    for given in (asked(theo), "nonsense", f"{int(until) + 60}.{signature}", f"1.{signature}", "²."):
        answer = confirm(erin, given)
        assert (answer.status_code, answer.json["error"]) == (400, "Bad Request"), given
    assert erin.get(f"{ME}/erasure").status_code == 404


def test_there_must_be_one_to_call_off(erin: Caller) -> None:
    assert erin.post(f"{ME}/erasure/cancel").status_code == 404


def test_one_that_has_begun_can_not_be_called_off(erin: Caller) -> None:
    planned(erin)
    with database.begin() as session:
        session.execute(text("UPDATE erasures SET status = 'running'"))
    assert erin.post(f"{ME}/erasure/cancel").status_code == 409


def test_the_person_hears_of_it_while_there_is_time(erin: Caller) -> None:
    planned(erin)
    sent(erin.post(f"{ME}/erasure/cancel"))
    with database.read() as session:
        told = session.scalars(text("SELECT type FROM feed_events ORDER BY id")).all()
    assert told == ["erasure.scheduled", "erasure.cancelled"]


def test_without_grace_it_is_at_once(make_app: Any, clean: None, opal: Caller) -> None:
    app = make_app(LLM_MODELS="offline:coach", ERASURE_GRACE_DAYS="0")
    erin = somebody(app)
    write(erin, "kumquat")
    planned(erin)
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    assert (tables_with("kumquat"), [one["status"] for one in receipts(opal)]) == (set(), ["completed"])


def test_an_operator_brings_it_forward(erin: Caller, opal: Caller, work_off: WorkOff) -> None:
    made = planned(erin)
    assert erase(opal, erin, work_off)["erasure_id"] == made["erasure_id"]
    assert len(receipts(opal)) == 1


def test_one_whose_job_was_lost_is_handed_over_again(
    offline_app: Flask, erin: Caller, opal: Caller, work_off: WorkOff
) -> None:
    planned(erin)
    a_week_goes_by()
    with database.begin() as session:
        session.execute(text("UPDATE jobs SET state = 'failed', finished_at = now()"))
    with offline_app.app_context():
        resolve_from(offline_app, JobRunner).run_periodic("erasures.watch")
    work_off()
    assert [one["status"] for one in receipts(opal)] == ["completed"]


def test_strangers_erase_nobody(offline_app: Flask, clean: None) -> None:
    anonymous = sign_in(offline_app, "", "")
    assert [anonymous.delete(ME).status_code, anonymous.post(ADMIN, json={}).status_code] == [401, 401]
