"""Signing up, signing in, going on, and signing out."""

from collections.abc import Callable
from typing import Any

import gevent
import jwt
import pytest
from flask import Flask

from app.db.session import db as database
from app.identity import people
from tests.conftest import Caller
from tests.identity.conftest import PASSWORD, Someone
from tests.waiting import somebody_waits_for, until

ME = "/auth/me"
NEW = "another horse, another staple"


def test_an_account_is_made_confirmed_and_used(someone: Callable[..., Someone]) -> None:
    ada = someone().join()
    user = ada.signed["user"]
    assert (user["email"], user["email_verified"], user["role"]) == ("ada@example.com", True, "member")
    claims = jwt.decode(ada.signed["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["tenant_id"], claims["role"]) == (user["id"], f"user:{user['id']}", "member")
    assert ada.signed["expires_in"] == 900 == claims["exp"] - int(claims["iat"])
    assert ada.caller.patch("/api/v1/me", json={"timezone": "Asia/Manila"}).status_code == 200


def test_who_i_am_in_the_journaling_apps_form_too(ada: Someone) -> None:
    told = ada.caller.get("/api/v1/auth/me").json
    assert (told["uid"], told["email"], told["emailVerified"]) == (told["id"], "ada@example.com", True)
    assert ada.caller.get("/journal-app/api/v1/auth/me").json["email"] == "ada@example.com"


def test_who_signs_in_elsewhere_is_as_their_token_says(owner: Caller) -> None:
    assert owner.get(ME).json["id"] == "olivia"


def test_nobody_gets_in_before_the_address_is_confirmed(someone: Callable[..., Someone]) -> None:
    ada = someone()
    ada.sign_up()
    assert ada.sign_in().status_code == 401


def test_a_password_of_before_the_address_was_proven_is_dropped(someone: Callable[..., Someone]) -> None:
    thief, ada = someone(), someone()
    thief.sign_up("the thief's own password")
    ada.post("/auth/magic-link", email=ada.email)
    assert ada.post("/auth/magic-link/use", token=ada.token()).status_code == 200
    assert thief.sign_in("the thief's own password").status_code == 401


def test_an_account_is_off_unless_switched_on(anonymous: Caller) -> None:
    answer = anonymous.post("/auth/sign-in", json={"email": "a@b.example", "password": "x"})
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")


@pytest.mark.parametrize("rule", ["invitation", "off"])
def test_strangers_may_be_kept_out(make_app: Callable[..., Flask], clean: None, rule: str) -> None:
    stranger = Someone(make_app(ACCOUNTS="on", SIGN_UP=rule).test_client())
    assert stranger.sign_up().status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody"}, {"email": "a@b\r\nBcc: x@y.example"}, {"password": "short"}, {"password": "password123"},
        {"password": "ada@example.com"}, {"invitation": "made up"},
    ],
)  # fmt: skip
def test_what_can_be_no_account_is_refused(someone: Callable[..., Someone], body: dict[str, str]) -> None:
    answer = someone().post("/auth/sign-up", **{"email": "ada@example.com", "password": PASSWORD} | body)
    assert (answer.status_code, answer.json["statusCode"]) == (400, 400)


def test_refresh_tokens_are_good_once_and_their_theft_ends_them_all(ada: Someone) -> None:
    first = ada.signed["refresh_token"]
    second = ada.refresh()
    assert second.status_code == 200 and second.json["refresh_token"] != first
    assert ada.refresh(refresh_token=first).status_code == 401
    assert ada.refresh(refresh_token=second.json["refresh_token"]).status_code == 401
    ada.signed = second.json
    assert refused_soon(ada.caller)


def refused_soon(caller: Caller) -> bool:
    """Processes hear of it, at the latest with their next look."""
    until(lambda: caller.get(ME).status_code == 401)
    return True


def test_a_refresh_token_can_not_be_made_up(ada: Someone) -> None:
    sign_in, generation, until, signature = ada.signed["refresh_token"].split(".")
    forged = [f"{sign_in}.1.{until}.{signature}", f"{sign_in}.{generation}.{until}9.{signature}", sign_in, "...", "x"]
    assert {ada.refresh(refresh_token=one).status_code for one in forged} == {401}
    assert ada.refresh().status_code == 200


def test_signing_out_ends_this_device_alone(ada: Someone, someone: Callable[..., Someone]) -> None:
    phone = someone()
    phone.sign_in()
    assert ada.post("/auth/sign-out", refresh_token=ada.signed["refresh_token"]).status_code == 204
    assert refused_soon(ada.caller)
    assert (ada.refresh().status_code, phone.refresh().status_code) == (401, 200)


def test_signing_out_everywhere_ends_all_and_lets_in_again(ada: Someone, someone: Callable[..., Someone]) -> None:
    phone = someone()
    phone.sign_in()
    assert ada.caller.post("/auth/sign-out-everywhere").status_code == 204
    assert refused_soon(phone.caller) and refused_soon(ada.caller)
    assert phone.refresh().status_code == 401
    phone.sign_in()
    assert phone.caller.get(ME).status_code == 200


def test_signing_out_everywhere_and_going_on_elsewhere_at_once_do_not_wait_for_each_other(ada: Someone) -> None:
    user_id, place = ada.signed["user"]["id"], ada.signed["user"]["tenant"]
    with database.begin() as session:
        user = people.account(session, user_id, lock=True)
        going_on = gevent.spawn(ada.refresh, tenant=place)
        until(lambda: somebody_waits_for("transactionid"))
        people.sign_out_everywhere(session, user)
    assert going_on.get(timeout=20).status_code == 401


def test_a_magic_link_signs_in_once(someone: Callable[..., Someone], ada: Someone) -> None:
    phone = someone()
    phone.post("/auth/magic-link", email=ada.email)
    token = phone.token()
    answer = phone.post("/auth/magic-link/use", token=token)
    assert answer.json["user"]["id"] == ada.signed["user"]["id"]
    assert phone.post("/auth/magic-link/use", token=token).status_code == 400


def test_a_new_password_signs_out_everywhere(someone: Callable[..., Someone], ada: Someone) -> None:
    ada.post("/auth/password/forgot", email=ada.email)
    token = ada.token()
    assert ada.post("/auth/password/reset", token=token, password=NEW).status_code == 200
    assert ada.post("/auth/password/reset", token=token, password=PASSWORD).status_code == 400
    assert refused_soon(ada.caller)
    assert (ada.refresh().status_code, ada.sign_in().status_code, ada.sign_in(NEW).status_code) == (401, 401, 200)


def test_a_link_is_good_for_one_purpose(ada: Someone) -> None:
    ada.post("/auth/magic-link", email=ada.email)
    token = ada.token()
    assert ada.post("/auth/verify", token=token).status_code == 400
    assert ada.post("/auth/password/reset", token=token, password=NEW).status_code == 400
    assert ada.post("/auth/magic-link/use", token=token).status_code == 200


def test_an_address_changes_when_the_new_one_is_confirmed(ada: Someone, someone: Callable[..., Someone]) -> None:
    new = someone("ada@new.example")
    wish: dict[str, Any] = {"email": new.email, "password": PASSWORD}
    assert ada.caller.post("/auth/email", json=wish | {"password": "a guess"}).status_code == 401
    assert ada.caller.post("/auth/email", json=wish).status_code == 202
    token = new.token()
    assert ada.mails()[0]["subject"] == "Your address is about to change"
    assert ada.sign_in().status_code == 200
    assert new.post("/auth/email/confirm", token=token).status_code == 200
    assert (ada.sign_in().status_code, new.sign_in().status_code) == (401, 200)


def test_an_address_that_is_somebodys_gets_no_mail_and_tells_nothing(
    ada: Someone, someone: Callable[..., Someone]
) -> None:
    bob = someone("bob@example.com").join()
    before = len(bob.mails())
    answer = ada.caller.post("/auth/email", json={"email": bob.email, "password": PASSWORD})
    assert (answer.status_code, len(bob.mails())) == (202, before)


def test_there_is_no_outbox_in_production(make_app: Callable[..., Flask], clean: None) -> None:
    production = make_app(APP_ENV="production", ACCOUNTS="on", PUBLIC_URL="https://coach.example", CARE="on")
    assert production.test_client().get("/api/v1/dev/outbox").status_code == 404
