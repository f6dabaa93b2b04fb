"""Guessing, and asking who has an account: tried and refused."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask

from app.identity import passwords
from tests.identity.conftest import PASSWORD, Someone

ASKING = {
    "/auth/sign-up": {"password": PASSWORD},
    "/auth/magic-link": {},
    "/auth/password/forgot": {},
    "/auth/sign-in": {"password": "a guess"},
}


@pytest.mark.parametrize("path", ASKING)
def test_no_answer_tells_whether_an_address_is_known(ada: Someone, someone: Callable[..., Someone], path: str) -> None:
    nobody = someone("nobody@example.com")
    answers = [one.post(path, email=one.email, **ASKING[path]) for one in (ada, nobody)]
    known, unknown = [(answer.status_code, answer.json, sorted(answer.headers.keys())) for answer in answers]
    assert known == unknown


def test_the_owner_of_an_address_hears_of_who_signs_up_with_it(ada: Someone) -> None:
    ada.sign_up("a thief's password")
    assert ada.mails()[0]["subject"] == "You have an account already"
    assert ada.sign_in("a thief's password").status_code == 401


@pytest.mark.parametrize("known", [True, False])
def test_a_password_is_compared_whether_or_not_there_is_an_account(
    ada: Someone, someone: Callable[..., Someone], monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """What takes time is done for everybody: the answer comes as late for an address that nobody has."""
    compared: list[str] = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: compared.append(given[1]) or verify(*given))
    who = ada if known else someone("nobody@example.com")
    who.sign_in("a guess")
    assert len(compared) == 1 and compared[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_guessing_a_password_comes_to_an_end(
    ada: Someone, someone: Callable[..., Someone], capfd: pytest.CaptureFixture[str]
) -> None:
    thief = someone()
    codes = [thief.sign_in(f"guess {number}").status_code for number in range(12)]
    assert codes == [401] * 10 + [429] * 2
    right = thief.sign_in()
    assert right.status_code == 429 and int(right.headers["Retry-After"]) > 0
    assert "Traceback" not in capfd.readouterr().err


def test_guessing_ends_for_addresses_that_nobody_has_as_well(someone: Callable[..., Someone]) -> None:
    nobody = someone("nobody@example.com")
    assert [nobody.sign_in("guess").status_code for _ in range(11)][9:] == [401, 429]


def test_guessing_at_many_accounts_from_one_place_comes_to_an_end(make_app: Callable[..., Flask], clean: None) -> None:
    client = make_app(ACCOUNTS="on", RATE_LIMIT_SIGN_IN_ADDRESS="3 per hour").test_client()
    codes = [Someone(client, f"person{number}@example.com").sign_in("guess").status_code for number in range(4)]
    assert codes == [401] * 3 + [429]


def test_who_gets_in_is_not_counted(ada: Someone) -> None:
    assert {ada.sign_in().status_code for _ in range(12)} == {200}


def test_a_mailbox_is_not_flooded(ada: Someone) -> None:
    codes = [ada.post("/auth/magic-link", email=ada.email).status_code for _ in range(12)]
    assert codes[0] == 202 and codes[-1] == 429


def test_links_lead_to_us_whatever_host_is_asked_for(ada: Someone) -> None:
    """A mailed link with somebody else's host would hand them its token."""
    ada.client.post("/auth/password/forgot", json={"email": ada.email}, headers={"Host": "evil.example"})
    assert ada.mails()[0]["links"][0].startswith("https://coach.example/")


def test_passwords_are_kept_as_argon2id(accounts_app: Flask) -> None:
    stored = passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$") and passwords.matches(stored, PASSWORD)
    assert not passwords.matches(stored, "another") and not passwords.matches(None, "of nobody")
