"""A browser that is signed in by a cookie, and what others try with it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.db.session import db
from tests.identity.conftest import Someone
from tests.waiting import until

COOKIE = "__Host-session"
ME = "/api/v1/me"
CHANGE = {"timezone": "Asia/Manila"}


@pytest.fixture
def browser(ada: Someone, someone: Callable[..., Someone]) -> Someone:
    """Ada's."""
    tab = someone()
    assert tab.sign_in(cookie=True).status_code == 200
    return tab


def change(browser: Someone, **headers: str) -> Any:
    return browser.client.patch(ME, json=CHANGE, headers=headers)


def test_the_cookie_is_for_this_host_and_no_script(ada: Someone, someone: Callable[..., Someone]) -> None:
    tab = someone()
    answer = tab.sign_in(cookie=True)
    said = answer.headers["Set-Cookie"]
    assert said.startswith(f"{COOKIE}=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= set(said.split("; ")) and "Domain" not in said
    assert {"access_token", "refresh_token"}.isdisjoint(answer.json)


def test_a_cookie_does_wherever_a_token_does(browser: Someone) -> None:
    assert browser.client.get(ME).status_code == 200
    assert browser.client.get("/api/v1/journal").status_code == 200


def test_changes_need_what_only_our_own_pages_know(browser: Someone) -> None:
    forged = change(browser)
    assert (forged.status_code, forged.json["statusCode"]) == (403, 403)
    assert change(browser, **{"X-CSRF-Token": "made up"}).status_code == 403
    assert change(browser, **{"X-CSRF-Token": browser.signed["csrf_token"]}).status_code == 200


def test_a_page_that_is_loaded_anew_asks_for_it(browser: Someone) -> None:
    assert browser.client.get("/auth/me").json["csrf_token"] == browser.signed["csrf_token"]


def test_what_another_session_knows_does_not_do(browser: Someone, someone: Callable[..., Someone]) -> None:
    other = someone("bob@example.com").join()
    other.sign_in(cookie=True)
    assert change(browser, **{"X-CSRF-Token": other.signed["csrf_token"]}).status_code == 403


def test_a_session_is_always_a_new_one(browser: Someone, someone: Callable[..., Someone]) -> None:
    """Whoever plants a cookie of theirs in a browser is in nobody's session."""
    planted = browser.client.get_cookie(COOKIE)
    victim = someone("bob@example.com").join()
    victim.client.set_cookie(COOKIE, planted.value, secure=True)
    victim.sign_in(cookie=True)
    assert victim.client.get_cookie(COOKIE).value != planted.value
    assert browser.client.get("/auth/me").json["email"] == "ada@example.com"
    assert victim.client.get("/auth/me").json["email"] == "bob@example.com"


@pytest.mark.parametrize("cookie", ["", "x", "signin_1.x", ".", "signin_1", "a" * 3000])
def test_cookies_that_are_made_up(someone: Callable[..., Someone], cookie: str) -> None:
    tab = someone()
    tab.client.set_cookie(COOKIE, cookie, secure=True)
    assert tab.client.get(ME).status_code == 401


def test_a_cookie_is_worth_nothing_when_accounts_are_off(browser: Someone, app: Flask) -> None:
    elsewhere = app.test_client()
    elsewhere.set_cookie(COOKIE, browser.client.get_cookie(COOKIE).value, secure=True)
    assert elsewhere.get(ME).status_code == 401


def test_signing_out_ends_it_for_good(browser: Someone) -> None:
    kept = browser.client.get_cookie(COOKIE).value
    assert browser.post("/auth/sign-out").status_code == 403
    headers = {"X-CSRF-Token": browser.signed["csrf_token"]}
    assert browser.client.post("/auth/sign-out", json={}, headers=headers).status_code == 204
    assert browser.client.get_cookie(COOKIE) is None
    browser.client.set_cookie(COOKIE, kept, secure=True)
    assert browser.client.get(ME).status_code == 401


def test_signing_out_everywhere_ends_it(browser: Someone, ada: Someone) -> None:
    ada.caller.post("/auth/sign-out-everywhere")
    until(lambda: browser.client.get(ME).status_code == 401)


def test_the_database_holds_nothing_that_opens_anything(browser: Someone, ada: Someone) -> None:
    with db.read() as session:
        rows = str([list(row) for row in session.connection().exec_driver_sql("SELECT * FROM sign_ins")])
    opening = [browser.client.get_cookie(COOKIE).value, browser.signed["csrf_token"], ada.signed["refresh_token"]]
    assert [one for one in opening if one.rpartition(".")[2] in rows] == []


def test_no_form_of_another_page_signs_anybody_in(ada: Someone, someone: Callable[..., Someone]) -> None:
    """What browsers send across origins without asking is no JSON to us."""
    body = '{"email": "ada@example.com", "password": "correct horse battery staple", "cookie": true}'
    answer = someone().client.post("/auth/sign-in", data=body, content_type="text/plain")
    assert answer.status_code == 400 and "Set-Cookie" not in answer.headers
