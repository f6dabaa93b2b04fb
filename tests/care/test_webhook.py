"""A tenant's own service is told of a crisis: signed, without the words, tried again, and not inside our network."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.care.models import CareEvent
from app.core.clock import now
from app.db.session import db as database
from app.jobs.models import Job, JobState
from app.jobs.worker import work
from app.outgoing import webhooks
from app.streams import redis_store
from app.streams.signals import signals
from tests.care.conftest import CONCERN, CRISIS, say
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.outgoing.site import Site

PATH = "/api/v1/admin/care"
Work = Callable[[], None]


@pytest.fixture
def calling(make_app: Callable[..., Flask], clean: None, site: Site) -> Flask:
    site.page("/hook", status=204)
    site.page("/house", status=204)
    return make_app(WEBSITE_SCAN_ALLOW_HOSTS=site.host, CARE_WEBHOOK_URL=f"{site.url}/house")


@pytest.fixture
def boss(calling: Flask) -> Caller:
    return sign_in(calling, "bea", "acme", "owner")


@pytest.fixture
def person(calling: Flask) -> Caller:
    return sign_in(calling, "olivia", "acme")


@pytest.fixture
def work_off(calling: Flask) -> Work:
    return lambda: work(calling, redis_store.blocking_client(signals.url), 50, burst=True)


def job() -> Job:
    with database.read() as session:
        return session.scalars(select(Job).where(Job.name == "care.webhook")).one()


def sets(caller: Caller, url: str | None, **body: str) -> Any:
    return caller.put(PATH, json={"webhook_url": url, **body})


def test_it_is_told_who_and_where_and_not_what(boss: Caller, person: Caller, site: Site, work_off: Work) -> None:
    assert sets(boss, f"{site.url}/hook").json == {
        "tenant": "acme", "webhook_url": f"{site.url}/hook", "on_call": None,
    }  # fmt: skip
    say(person)
    work_off()
    [delivery] = site.asked
    told = json.loads(delivery.body)
    assert (delivery.method, delivery.path, told["type"]) == ("POST", "/hook", "care.crisis")
    assert told["data"] == {
        "tenant": "acme", "user_id": "olivia", "path": "chat", "level": "crisis", "category": "suicide",
        "at": told["timestamp"],
    }  # fmt: skip
    assert "pills" not in str(told)


def test_it_is_signed_with_the_tenants_secret(boss: Caller, person: Caller, site: Site, work_off: Work) -> None:
    secret = boss.get("/ai/webhook-secret").json["secret"]
    sets(boss, f"{site.url}/hook")
    say(person)
    work_off()
    [delivery] = site.asked
    expected = webhooks.signature(secret, delivery.headers["X-Coachhouse-Timestamp"], delivery.body)
    assert delivery.headers["X-Coachhouse-Signature"] == expected


def test_without_an_address_of_its_own_the_services_is_told(
    boss: Caller, person: Caller, site: Site, work_off: Work
) -> None:
    sets(boss, f"{site.url}/hook")
    assert sets(boss, None).json["webhook_url"] is None
    say(person)
    work_off()
    assert site.paths == ["/house"]


def test_a_concern_is_not_told(person: Caller, site: Site, work_off: Work, double: Double) -> None:
    double.default(text="I hear you.")
    say(person, CONCERN)
    work_off()
    assert site.asked == []


def test_nobody_is_told_where_no_address_is_known(app: Flask, owner: Caller, site: Site) -> None:
    say(owner)
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    assert (job().state, site.asked) == (JobState.COMPLETED, [])


def test_the_job_knows_an_id_and_nothing_else(person: Caller) -> None:
    say(person)
    with database.read() as session:
        event = session.scalars(select(CareEvent)).one()
    assert job().arguments == {"event_id": event.id}


def test_it_is_tried_again_with_the_same_name(boss: Caller, person: Caller, site: Site, work_off: Work) -> None:
    site.page("/hook", status=503)
    sets(boss, f"{site.url}/hook")
    say(person)
    work_off()
    assert job().state == JobState.QUEUED
    site.page("/hook", status=204)
    with database.begin() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(seconds=1)))
    work_off()
    assert job().state == JobState.COMPLETED
    assert len({delivery.headers["X-Coachhouse-Delivery"] for delivery in site.asked}) == 1 and len(site.asked) == 2


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/hook", "http://10.0.0.1/", "http://[::1]/", "ftp://example.com/", "hook", ""]
)
def test_an_address_inside_our_network_is_refused(boss: Caller, url: str) -> None:
    assert sets(boss, url).status_code == 422
    assert boss.get(PATH).json["webhook_url"] is None


def test_one_that_has_moved_inside_is_not_asked(app: Flask, boss: Caller, site: Site, clean: None) -> None:
    """The application that works it off has no list of private addresses that may be asked."""
    sets(boss, f"{site.url}/hook")
    say(sign_in(app, "olivia", "acme"))
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)
    assert (site.asked, job().error_code) == ([], "ADDRESS_REFUSED")


@pytest.mark.parametrize(("role", "status"), [
    ("owner", 200), ("admin", 200), ("operator", 200),
    ("manager", 403), ("member", 403), ("coach", 403), ("viewer", 403),
])  # fmt: skip
def test_owners_and_admins_say_where(calling: Flask, role: str, status: int) -> None:
    caller = sign_in(calling, "someone", "acme", role)
    assert (caller.get(PATH).status_code, sets(caller, None).status_code) == (status, status)


def test_an_operator_may_mean_another_tenant_and_leaves_entries_there(calling: Flask, boss: Caller, site: Site) -> None:
    operator = sign_in(calling, "opal", "house", "operator")
    assert sets(operator, f"{site.url}/hook", tenant="acme").json["tenant"] == "acme"
    assert operator.get(f"{PATH}?tenant=acme").json["webhook_url"] == boss.get(PATH).json["webhook_url"]
    actions = [entry["action"] for entry in boss.get("/api/v1/admin/audit?actor=opal").json["entries"]]
    assert actions == ["care.webhook.read", "care.webhook.write"]
    assert boss.get(f"{PATH}?tenant=house").status_code == 403
    assert sets(boss, None, tenant="house").status_code == 403


def test_the_words_are_nowhere(boss: Caller, person: Caller, site: Site, work_off: Work) -> None:
    sets(boss, f"{site.url}/hook")
    say(person, CRISIS)
    work_off()
    with database.read() as session:
        rows = [row.arguments for row in session.scalars(select(Job))]
    assert "kill" not in f"{rows}{site.asked}"
