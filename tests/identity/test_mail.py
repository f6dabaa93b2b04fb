"""Mail that a worker sends over SMTP."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.db.session import db
from app.identity.models import Mail, MailToken, User
from app.jobs.models import Job
from app.jobs.runner import JobRunner
from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.web.container import resolve_from
from tests.identity.conftest import PUBLIC, Someone
from tests.identity.mail_server import MailServer

PRODUCTION = {"APP_ENV": "production", "MAIL_FROM": "Coach <coach@coach.example>"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.fixture
def mailing(make_app: Callable[..., Flask], server: MailServer, clean: None) -> Flask:
    """As in production."""
    return make_app(ACCOUNTS="on", SIGN_UP="open", PUBLIC_URL=PUBLIC, SMTP_URL=server.url, **PRODUCTION)


def work_off(app: Flask) -> None:
    work(app, redis_store.blocking_client(signals.url), 50, burst=True)


def test_a_mail_is_sent_and_nothing_of_it_kept(mailing: Flask, server: MailServer) -> None:
    ada = Someone(mailing.test_client())
    ada.sign_up()
    work_off(mailing)
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == ("ada@example.com", "Coach <coach@coach.example>")
    token = mail.get_content().partition(f"{PUBLIC}/auth/verify?token=")[2].split()[0]
    with db.read() as session:
        assert session.scalars(select(Mail)).all() == []
        assert token not in str(session.execute(select(MailToken.digest)).all())
    assert ada.post("/auth/verify", token=token).status_code == 200


def test_nobody_is_mailed_who_has_no_account(mailing: Flask, server: MailServer) -> None:
    nobody = Someone(mailing.test_client(), "nobody@example.com")
    nobody.post("/auth/magic-link", email=nobody.email)
    work_off(mailing)
    assert server.mails == []


@pytest.mark.parametrize(("reply", "state"), [("451 later", "queued"), ("550 no such mailbox", "failed")])
def test_what_a_server_does_not_take_now_it_is_offered_again(
    mailing: Flask, server: MailServer, reply: str, state: str
) -> None:
    server.answers["RCPT"] = reply
    Someone(mailing.test_client()).sign_up()
    work_off(mailing)
    with db.read() as session:
        assert session.scalars(select(Job.state).where(Job.name == "identity.mail")).one() == state


def test_no_password_goes_to_a_server_in_the_clear(make_app: Callable[..., Flask], clean: None) -> None:
    """This one is not on this machine by its name, and offers no TLS."""
    with MailServer() as server:
        url = server.url.replace("smtp://127.0.0.1", "smtp://user:secret@127.1")
        app = make_app(ACCOUNTS="on", SIGN_UP="open", PUBLIC_URL=PUBLIC, SMTP_URL=url, **PRODUCTION)
        Someone(app.test_client()).sign_up()
        work_off(app)
        assert server.mails == []


def test_what_nobody_has_confirmed_is_forgotten(accounts_app: Flask, clean: None) -> None:
    ada = Someone(accounts_app.test_client())
    ada.sign_up()
    with db.begin() as session:
        session.execute(update(User).values(created_at=User.created_at - timedelta(days=8)))
    with accounts_app.app_context():
        resolve_from(accounts_app, JobRunner).run_periodic("identity.sweep")
    with db.read() as session:
        assert session.scalars(select(User)).all() == []
