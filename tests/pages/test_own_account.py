"""What people change of their account and team in their own place, by the cookie of their browser."""

import json
import time
from typing import Any

import pyotp
import pytest

from tests.gunicorn import Web
from tests.pages.browser import AXE, JUDGED, Page
from tests.pages.test_accounts import PASSWORD, accounts, link, page, post, sign_in, signed_up, whose

__all__ = ["accounts", "page"]  # fixtures
NEW = "a lamp in the lobby"


@pytest.fixture
def place(accounts: Web, page: Page) -> Page:
    """Ada's, who is signed in."""
    signed_up(accounts, "ada@example.com")
    sign_in(page, accounts, "ada@example.com")
    return page


def visit(page: Page, web: Web, part: str) -> None:
    page.go(f"{web.url}/app#/you/{part}")
    page.wait("document.querySelector('.view.you h1') && !document.querySelector('.waiting')")


def labelled(page: Page, label: str) -> str:
    """The selector of the field with this label."""
    named = f"[...document.querySelectorAll('label')].find(one => one.innerText == {json.dumps(label)})"
    page.wait(named)
    return f"#{page.ask(f'{named}.htmlFor')}"


def put(page: Page, label: str, text: str) -> None:
    page.ask(f"document.querySelector('{labelled(page, label)}').select()")
    page.write(labelled(page, label), text)


def press(page: Page, text: str, within: str = "main") -> None:
    """The button with this text."""
    named = f"[...document.querySelectorAll({json.dumps(f'{within} button')})].find(one => one.innerText == '{text}')"
    page.wait(named)
    page.ask(f"{named}.dataset.pressed = 'now', 0")
    page.click("[data-pressed=now]")
    page.ask("document.querySelector('[data-pressed]')?.removeAttribute('data-pressed'), 0")


def told(page: Page, text: str) -> None:
    page.wait(f"document.querySelector('.toast span')?.innerText.includes({json.dumps(text)})")


def me(page: Page) -> Any:
    return page.ask("fetch('/auth/me').then(answer => answer.json())")


def test_a_name_and_a_password_are_changed_and_the_page_goes_on(accounts: Web, place: Page) -> None:
    visit(place, accounts, "account")
    put(place, "Name", "Ada L.")
    press(place, "Save the name")
    told(place, "Saved.")
    put(place, "Your password now", PASSWORD)
    put(place, "The new one, at least 8 characters", NEW)
    press(place, "Change it")
    told(place, "The new password holds.")
    put(place, "Name", "Ada Lovelace")
    press(place, "Save the name")
    told(place, "Saved.")
    assert me(place)["name"] == "Ada Lovelace"
    assert "access_token" in post(accounts, "/auth/sign-in", email="ada@example.com", password=NEW)


def test_another_address_counts_once_its_link_was_used(accounts: Web, place: Page) -> None:
    visit(place, accounts, "account")
    put(place, "New e-mail address", "ada@new.example")
    put(place, "Your password", PASSWORD)
    press(place, "Mail me a link")
    told(place, "a mail is on its way")
    mails = accounts.http.request("GET", f"{accounts.url}/api/v1/dev/outbox").json()["mails"]
    token = next(mail for mail in mails if mail["to"] == "ada@new.example")["links"][0].partition("=")[2]
    assert whose(place) == "ada@example.com"
    post(accounts, "/auth/email/confirm", token=token)
    assert whose(place) == "ada@new.example"


def test_an_authenticator_app_is_set_up_by_its_key(accounts: Web, place: Page) -> None:
    visit(place, accounts, "account")
    proof = (
        "[...document.querySelectorAll('section')].find(one => one.innerText.startsWith('Auth')).querySelector('input')"
    )
    place.ask(f"{proof}.focus()")
    place.call("Input.insertText", text=PASSWORD)
    press(place, "Set it up")
    place.wait("document.querySelector('.key')")
    code = pyotp.TOTP(place.text(".key").replace(" ", "")).at(time.time())
    put(place, "Code that the app shows", code)
    press(place, "Confirm")
    told(place, "It is set up.")
    assert me(place)["two_factor"]


def test_signing_out_everywhere_leads_to_the_door(accounts: Web, place: Page) -> None:
    visit(place, accounts, "account")
    press(place, "Sign out everywhere")
    press(place, "Sign out everywhere", "dialog")
    place.wait("location.pathname === '/auth/sign-in'")


def test_a_team_is_made_joined_led_and_left(accounts: Web, place: Page) -> None:
    visit(place, accounts, "team")
    place.click("summary")
    put(place, "Its name", "Acme")
    press(place, "Make it")
    place.wait("document.querySelector('h1')?.innerText == 'Acme'")
    put(place, "E-mail address", "bob@example.com")
    press(place, "Invite")
    place.wait("document.querySelector('.panel .person strong')?.innerText == 'bob@example.com'")
    token = link(accounts).partition("=")[2]
    post(accounts, "/auth/sign-up", email="bob@example.com", password=PASSWORD, invitation=token)
    visit(place, accounts, "account")
    visit(place, accounts, "team")
    place.wait("document.querySelectorAll('.card.person').length == 2")
    place.ask("document.querySelector('.person select').value = 'owner', 0")
    place.ask("document.querySelector('.person select').dispatchEvent(new Event('change', {bubbles: true})), 0")
    told(place, "signs in again as owner")
    press(place, "Leave")
    press(place, "Leave", "dialog")
    place.wait("document.querySelector('.empty')?.innerText.includes('by yourself')")
    assert me(place)["tenant"].startswith("user:")


@pytest.mark.parametrize("width", [360, 1400])
def test_account_and_team_can_be_read_by_everybody(accounts: Web, place: Page, width: int) -> None:
    signed = post(accounts, "/auth/sign-in", email="ada@example.com", password=PASSWORD)
    ada, guest = (
        {"Authorization": f"Bearer {signed['access_token']}"},
        "a-rather-long-name.of-somebody@mail.example.com",
    )
    acme = post(accounts, "/api/v1/tenants", ada, name="Acme")["id"]
    post(accounts, f"/api/v1/tenants/{acme}/invitations", ada, email=guest)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if width == 360 else "light"}
    place.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    place.call("Emulation.setEmulatedMedia", features=[scheme])
    for part in ("account", "team"):
        visit(place, accounts, part)
        place.ask("document.querySelectorAll('details').forEach(one => { one.open = true; }), 0")
        assert place.ask(f"{AXE}; {JUDGED}") == [], part
        assert place.ask("document.documentElement.scrollWidth - innerWidth") <= 0, part
