"""The finished week is written for those who want it, once, some hours after it ended."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.weeks import Week
from app.db.session import db as database
from app.jobs.models import Job, QueueName
from app.jobs.queue import queue
from app.weekly import jobs, schedule
from tests.chat.conftest import write
from tests.conftest import Caller
from tests.double.client import Double
from tests.jobs.test_jobs import burst

PLACE = "/api/v1/chat/weekly-insights"


@pytest.fixture
def run(app: Flask, clean: None) -> FlaskCliRunner:
    return app.test_cli_runner()


def wants(caller: Caller, zone: str = "UTC") -> Week:
    """The caller asks for it and wrote in the week that ended last, which is given."""
    caller.patch("/api/v1/me", json={"weekly_digest": True, "timezone": zone})
    week = Week.containing(now(), zone).before
    write(caller, "Last week", entry_date=iso(week.start + timedelta(hours=30)))
    return week


def due(after: timedelta, zone: str = "UTC") -> list[Any]:
    """Who is due so long after the week's end."""
    with database.read() as session:
        return schedule.due(session, Week.containing(now(), zone).start + after)


def test_only_those_who_wrote_and_want_it_are_due(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    week = wants(owner)
    write(teammate, entry_date=iso(week.start))
    stranger.patch("/api/v1/me", json={"weekly_digest": True})
    found = due(schedule.SPREAD)
    assert [(row.principal, row.week) for row in found] == [(Principal("olivia", "acme"), week)]


def test_each_has_a_moment_of_their_own(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    for caller in (owner, teammate, stranger):
        wants(caller)
    sizes = [len(due(schedule.SPREAD * share / 40)) for share in range(41)]
    assert sizes == sorted(sizes)
    assert (sizes[-1], len(set(sizes)) > 2) == (3, True)


def test_nobody_is_due_before_the_week_ends_or_long_after(owner: Caller) -> None:
    wants(owner)
    assert due(-timedelta(seconds=1)) == []
    assert due(schedule.SPREAD + schedule.GRACE) == []


def test_the_week_ends_where_the_person_is(owner: Caller) -> None:
    week = wants(owner, "Pacific/Kiritimati")
    assert [row.week for row in due(schedule.SPREAD, "Pacific/Kiritimati")] == [week]


def test_it_is_written_once_and_costs_the_person_nothing(owner: Caller, double: Double, app: Flask) -> None:
    week = wants(owner)
    for _ in range(3):
        jobs.ask_for(due(schedule.SPREAD))
    burst(app)
    jobs.ask_for(due(schedule.SPREAD))
    burst(app)
    assert [row["week_start"] for row in owner.get(f"{PLACE}/history").json] == [iso(week.start)]
    assert len(double.requests()) == 1
    assert owner.get("/api/v1/me/usage").json["limits"]["insights"]["remaining"] == 10


def test_what_a_worker_has_not_got_to_is_not_asked_for_again(owner: Caller, app: Flask) -> None:
    wants(owner)
    jobs.ask_for(due(schedule.SPREAD))
    assert due(schedule.SPREAD) == []
    burst(app)


def test_two_jobs_for_a_week_write_it_once(owner: Caller, double: Double, app: Flask) -> None:
    wants(owner)
    jobs.ask_for(due(schedule.SPREAD) * 3)
    burst(app)
    assert len(double.requests()) == 1


def test_what_failed_waits_before_it_is_tried_again(owner: Caller, double: Double, app: Flask) -> None:
    wants(owner)
    double.script({"status": 400})
    jobs.ask_for(due(schedule.SPREAD))
    burst(app)
    with database.read() as session:
        assert schedule.due(session, now() + timedelta(minutes=1)) == []
        later = Week.containing(now()).start + schedule.SPREAD
        if later > now() - schedule.PAUSE:
            assert len(schedule.due(session, max(later, now() + schedule.PAUSE))) == 1


def test_the_periodic_job_finds_its_way(owner: Caller, app: Flask) -> None:
    wants(owner)
    jobs.begin_due()
    burst(app)


def test_a_dry_backfill_only_tells(owner: Caller, run: FlaskCliRunner) -> None:
    for weeks in (1, 2, 3, 3):
        moment = Week.containing(now()).start - timedelta(weeks=weeks) + timedelta(hours=5)
        write(owner, entry_date=iso(moment))
    write(owner)
    result = run.invoke(args=["weekly-insights", "--backfill", "--dry-run", "--user", "olivia", "--tenant", "acme"])
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    saturdays = [(Week.containing(now()).of - timedelta(weeks=weeks)).isoformat() for weeks in (3, 2, 1)]
    assert [line[2] for line in lines] == saturdays
    assert lines[0] == ["acme", "olivia", saturdays[0], "2"]
    with database.read() as session:
        assert session.scalars(select(Job.id).where(Job.name == "chat.weekly_insight")).all() == []


def test_a_backfill_writes_what_is_missing_and_can_be_repeated(
    owner: Caller, run: FlaskCliRunner, app: Flask, double: Double
) -> None:
    week = wants(owner)
    write(owner, entry_date=iso(week.before.start))
    asked = run.invoke(args=["weekly-insights", "--backfill"])
    assert (asked.exit_code, asked.stdout.count("\n")) == (0, 2)
    burst(app)
    gone_by(timedelta(seconds=10))
    burst(app)
    assert [row["week_start"] for row in owner.get(f"{PLACE}/history").json] == [
        iso(week.start), iso(week.before.start),
    ]  # fmt: skip
    assert run.invoke(args=["weekly-insights", "--backfill"]).stdout == ""
    assert len(double.requests()) == 2


def test_without_the_wish_only_naming_somebody_helps(owner: Caller, run: FlaskCliRunner) -> None:
    write(owner, entry_date=iso(Week.containing(now()).before.start))
    assert run.invoke(args=["weekly-insights", "--dry-run"]).stdout == ""
    assert run.invoke(args=["weekly-insights", "--dry-run", "--all-users"]).stdout.count("\n") == 1


def gone_by(time: timedelta) -> None:
    """The jobs that were put off are due, and told to the workers by the sweeper."""
    with database.begin() as session:
        for job in session.scalars(select(Job).where(Job.state == "queued")):
            job.due_at -= time
            queue.push(QueueName(job.queue), job.id)
