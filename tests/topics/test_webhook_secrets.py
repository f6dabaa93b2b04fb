"""What tenants check webhooks with: theirs alone, seen once, and changed without a delivery that nobody can check."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import update

from app.core.clock import iso, now
from app.db.session import db as database
from app.jobs.worker import work
from app.outgoing import webhooks
from app.streams import redis_store
from app.streams.signals import signals
from app.webhooks.models import Disclosure, WebhookSecret
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.outgoing.site import Site
from tests.topics.conftest import answer_of

PATH = "/ai/webhook-secret"
BODY = {"topic_id": "niche_review", "parameters": {"current_value": "We help small business owners with marketing"}}
FIRST, NEXT = "X-Coachhouse-Signature", "X-Coachhouse-Signature-Next"
Deliver = Callable[[], Any]


@pytest.fixture
def calling(make_app: Callable[..., Flask], clean: None, site: Site) -> Flask:
    site.page("/hook", status=204)
    return make_app(WEBSITE_SCAN_ALLOW_HOSTS=site.host)


@pytest.fixture
def boss(calling: Flask) -> Caller:
    return sign_in(calling, "bea", "acme", "owner")


@pytest.fixture
def deliver(calling: Flask, boss: Caller, double: Double, site: Site) -> Deliver:
    """Has a run's result delivered; what came."""

    def delivered() -> Any:
        double.script({"json": answer_of("niche_review")})
        boss.post("/ai/execute-async", json=BODY | {"callback_url": f"{site.url}/hook"})
        for _ in range(2):
            work(calling, redis_store.blocking_client(signals.url), 50, burst=True)
        return site.asked[-1]

    return delivered


def rotate(caller: Caller, **body: int) -> Any:
    answer = caller.post(PATH, json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


def signed(delivery: Any, header: str, secret: str) -> bool:
    expected = webhooks.signature(secret, delivery.headers["X-Coachhouse-Timestamp"], delivery.body)
    return bool(delivery.headers[header] == expected)


def days_pass(days: int) -> None:
    with database.begin() as session:
        session.execute(
            update(WebhookSecret).values(previous_until=WebhookSecret.previous_until - timedelta(days=days))
        )


def test_a_secret_is_shown_once(boss: Caller, teammate: Caller) -> None:
    first, again, to_another = boss.get(PATH).json, boss.get(PATH).json, teammate.get(PATH).json
    assert first["secret"].startswith("whsec_") and len(first["secret"]) == 49
    assert again == to_another == first | {"secret": None}


def test_of_twenty_who_ask_at_once_one_sees_it(boss: Caller) -> None:
    calls = [gevent.spawn(boss.get, PATH) for _ in range(20)]
    gevent.joinall(calls)
    assert len([call for call in calls if call.value.json["secret"]]) == 1


def test_every_tenant_has_its_own(boss: Caller, stranger: Caller) -> None:
    assert boss.get(PATH).json["secret"] != stranger.get(PATH).json["secret"]


def test_it_is_made_from_nothing_else(boss: Caller) -> None:
    assert rotate(boss)["secret"] != rotate(boss)["secret"]


def test_a_delivery_before_anybody_asked_can_be_checked_afterwards(deliver: Deliver, boss: Caller) -> None:
    delivery = deliver()
    assert signed(delivery, FIRST, boss.get(PATH).json["secret"])
    assert NEXT not in delivery.headers


def test_while_it_is_changed_deliveries_are_signed_with_both(deliver: Deliver, boss: Caller) -> None:
    old, new = boss.get(PATH).json["secret"], rotate(boss)["secret"]
    delivery = deliver()
    assert signed(delivery, FIRST, old) and signed(delivery, NEXT, new)


def test_afterwards_the_new_one_is_alone(deliver: Deliver, boss: Caller) -> None:
    boss.get(PATH)
    new = rotate(boss, overlap_hours=48)["secret"]
    days_pass(3)
    delivery = deliver()
    assert signed(delivery, FIRST, new)
    assert NEXT not in delivery.headers


def test_one_that_got_out_is_ended_at_once(deliver: Deliver, boss: Caller) -> None:
    boss.get(PATH)
    rotate(boss)
    new = rotate(boss, overlap_hours=0)["secret"]
    delivery = deliver()
    assert signed(delivery, FIRST, new)
    assert NEXT not in delivery.headers


def test_a_new_one_that_was_lost_is_replaced_and_the_old_one_goes_on(deliver: Deliver, boss: Caller) -> None:
    old = boss.get(PATH).json["secret"]
    lost, new = rotate(boss)["secret"], rotate(boss)["secret"]
    delivery = deliver()
    assert signed(delivery, FIRST, old) and signed(delivery, NEXT, new)
    assert lost != new


def test_one_that_nobody_has_seen_needs_no_overlap(deliver: Deliver, boss: Caller) -> None:
    deliver()
    new = rotate(boss)["secret"]
    delivery = deliver()
    assert signed(delivery, FIRST, new)
    assert NEXT not in delivery.headers


def test_one_from_before_they_were_stored_is_shown_until_it_is_changed(deliver: Deliver, boss: Caller) -> None:
    with database.begin() as session:
        session.add(WebhookSecret(tenant_id="acme", secret="an older one", disclosure=Disclosure.ALWAYS))
    assert [boss.get(PATH).json["secret"] for _ in range(2)] == ["an older one"] * 2
    new = rotate(boss)["secret"]
    delivery = deliver()
    assert signed(delivery, FIRST, "an older one") and signed(delivery, NEXT, new)
    assert boss.get(PATH).json["secret"] is None


def test_the_answer_says_from_when_it_signs(boss: Caller) -> None:
    boss.get(PATH)
    made = rotate(boss, overlap_hours=2)
    assert made["createdAt"] < made["signsFrom"] == boss.get(PATH).json["signsFrom"]
    at_once = rotate(boss, overlap_hours=0)
    assert at_once["createdAt"] == at_once["signsFrom"] <= iso(now())


def test_without_a_body_the_old_one_goes_on_for_a_day(boss: Caller) -> None:
    boss.get(PATH)
    made = boss.post(PATH).json
    assert made["signsFrom"][:10] > made["createdAt"][:10]


@pytest.mark.parametrize("hours", [-1, 169, "long", None, 1.5])
def test_an_overlap_has_bounds(boss: Caller, hours: Any) -> None:
    assert boss.post(PATH, json={"overlap_hours": hours}).status_code == 422


@pytest.mark.parametrize(
    ("role", "status"), [("owner", 200), ("admin", 200), ("operator", 200), ("member", 403), ("viewer", 403)]
)
def test_owners_and_admins_change_it(calling: Flask, role: str, status: int) -> None:
    assert sign_in(calling, "bea", "acme", role).post(PATH).status_code == status


def test_the_document_tells_receivers_what_they_get(boss: Caller) -> None:
    document = boss.get("/api/schema/").json
    [address] = document["paths"]["/ai/execute-async"]["post"]["callbacks"]["callback_url"].values()
    assert {FIRST, NEXT} <= {header["name"] for header in address["post"]["parameters"]}
