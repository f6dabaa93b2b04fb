"""Tokens that count no more: refused by every process, and what they opened is ended."""

from datetime import timedelta

import jwt
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.auth import revocations
from app.auth.models import Revocation, Revoked
from app.auth.principals import Principal
from app.auth.revocations import Revocations
from app.core.clock import iso, now
from app.core.ids import new_id
from app.db.session import Database
from app.db.session import db as database
from app.local.services import Services
from app.streams.signals import Signals
from tests.conftest import SECRET, Caller, sign_in
from tests.double.client import Double
from tests.feeds.conftest import Client
from tests.gunicorn import Web
from tests.waiting import until

REVOCATIONS = "/api/v1/admin/revocations"
SOON = 5.0  # seconds in which every process refuses what was revoked


@pytest.fixture
def boss(app: Flask, clean: None) -> Caller:
    return sign_in(app, "bo", "acme", "owner")


@pytest.fixture
def person(app: Flask, clean: None) -> Caller:
    """Somebody whom no other test revokes."""
    return sign_in(app, new_id("rita"), "acme")


def token_of(person: Caller, **claims: object) -> str:
    """A token of the same person with other claims; a claim of None is left out."""
    known = jwt.decode(person.token, SECRET, algorithms=["HS256"]) | claims
    return jwt.encode({name: value for name, value in known.items() if value is not None}, SECRET, "HS256")


def revoke(boss: Caller, **body: object) -> None:
    answer = boss.post(REVOCATIONS, json=body)
    assert answer.status_code == 201, answer.json


def status(web: Web, token: str) -> int:
    return web.follow(token, "/api/v1/me").response.status


def test_every_process_refuses_a_persons_tokens(here: Web, there: Web, boss: Caller, person: Caller) -> None:
    webs = (here, there)
    assert [status(web, person.token) for web in webs] == [200, 200]
    revoke(boss, user_id=person.user)
    until(lambda: [status(web, person.token) for web in webs] == [401, 401], SOON)
    assert [status(web, boss.token) for web in webs] == [200, 200]


def test_the_command_does_the_same(here: Web, app: Flask, person: Caller) -> None:
    done = app.test_cli_runner().invoke(args=["revoke", "--tenant", "acme", "--user", person.user])
    assert (done.exit_code, done.output) == (0, "")
    until(lambda: status(here, person.token) == 401, SOON)


def test_a_revocation_of_which_no_word_came_is_found(here: Web, person: Caller) -> None:
    assert status(here, person.token) == 200
    with database.begin() as session:
        session.add(Revocation(tenant_id="acme", kind=Revoked.PERSON, subject=person.user, issued_before=now()))
    until(lambda: status(here, person.token) == 401, SOON)


def test_what_was_issued_later_counts(boss: Caller, person: Caller) -> None:
    revoke(boss, user_id=person.user, issued_before=iso(now() - timedelta(hours=1)))
    person.token, new = token_of(person, iat=int(now().timestamp()) - 7200), person.token
    until(lambda: person.get("/api/v1/me").status_code == 401)
    person.token = new
    assert person.get("/api/v1/me").status_code == 200


def test_a_token_that_does_not_say_when_it_was_issued_is_old(boss: Caller, person: Caller) -> None:
    revoke(boss, user_id=person.user, issued_before="2020-01-01")
    person.token = token_of(person, iat=None)
    until(lambda: person.get("/api/v1/me").status_code == 401)


def test_an_earlier_time_takes_nothing_back(boss: Caller, person: Caller) -> None:
    revoke(boss, user_id=person.user)
    answer = boss.post(REVOCATIONS, json={"user_id": person.user, "issued_before": "2020-01-01"})
    assert answer.json["issued_before"] > "2026"


def test_one_token_is_revoked_by_its_id(boss: Caller, person: Caller) -> None:
    other = token_of(person, jti="another")
    revoke(boss, jti=jwt.decode(person.token, SECRET, algorithms=["HS256"])["jti"])
    until(lambda: person.get("/api/v1/me").status_code == 401)
    person.token = other
    assert person.get("/api/v1/me").status_code == 200


def test_the_same_name_in_another_tenant_is_another_person(app: Flask, boss: Caller, person: Caller) -> None:
    namesake = sign_in(app, person.user, "other")
    revoke(boss, user_id=person.user)
    until(lambda: person.get("/api/v1/me").status_code == 401)
    assert namesake.get("/api/v1/me").status_code == 200


def test_owners_revoke_in_their_tenant_only(boss: Caller, operator: Caller, person: Caller) -> None:
    body = {"user_id": person.user, "tenant": "other"}
    assert boss.post(REVOCATIONS, json=body).status_code == 403
    assert operator.post(REVOCATIONS, json=body).status_code == 201


@pytest.mark.parametrize(
    "body", [{}, {"user_id": "u", "jti": "t"}, {"user_id": ""}, {"user_id": "u", "issued_before": "2999-01-01"}]
)
def test_a_revocation_that_makes_no_sense(boss: Caller, body: dict[str, str]) -> None:
    assert boss.post(REVOCATIONS, json=body).status_code == 422


def test_an_event_socket_ends(there: Web, boss: Caller, person: Caller) -> None:
    client = Client(there, header=person.token)
    assert client.nothing_more()
    revoke(boss, user_id=person.user)
    frame = client.hear()
    assert (frame["type"], frame["data"]["error"]) == ("auth.error", "The token was revoked")
    assert client.goodbye() == 4401


def test_a_stream_ends_without_a_last_event(there: Web, boss: Caller, person: Caller, double: Double) -> None:
    double.script({"text": ["One ", "two ", "three"], "hold": 1})
    reading = there.ask(person.token)
    reading.next(2)
    revoke(boss, user_id=person.user)
    assert [item["type"] for item in reading.rest().items] == ["start", "content"]
    double.release()


def test_what_is_known_outlives_the_database(services: Services, clean: None) -> None:
    bus, own = Signals(), Database()
    bus.connect(services.redis_url)
    own.connect(services.database_url, pool=3)
    known, rita, ray = Revocations(own, bus), Principal(new_id("rita"), "acme"), Principal("ray", "acme")
    revoked(rita)
    until(lambda: not known.permit_token(rita, 1.0, ""))
    own.connect("postgresql+psycopg://nobody@127.0.0.1:9/none", pool=3)
    with pytest.raises(OperationalError), own.read() as session:
        session.connection()
    bus.publish(revocations.CHANGED)
    assert (known.permit_token(rita, 1.0, ""), known.permit_token(ray, 1.0, "")) == (False, True)


def revoked(person: Principal) -> None:
    with database.begin() as session:
        revocations.revoke_person(session, person.tenant_id, person.user_id)
