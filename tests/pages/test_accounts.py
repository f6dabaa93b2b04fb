"""The pages of accounts: from an invitation mail to a session, and the other links that mails have."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import websocket
from flask import Flask

from app.auth.sign_ins import COOKIE
from tests.gunicorn import Web
from tests.identity.test_totp import code_of
from tests.pages.browser import AXE, JUDGED, Browser, Page
from tests.pages.conftest import OFFLINE

PASSWORD = "correct horse battery staple"
LANDED = "location.pathname === '/app' && document.querySelector('h1')"


@pytest.fixture(scope="module")
def accounts(environ: dict[str, str], app: object) -> Iterator[Web]:
    running = Web(environ | OFFLINE | {"ACCOUNTS": "on", "SIGN_UP": "open", "PUBLIC_URL": "http://localhost"})
    running.await_ready()
    yield running
    running.stop()


@pytest.fixture
def page(accounts: Web, browser: Browser, clean: None) -> Iterator[Page]:
    tab = browser.open()
    yield tab
    assert tab.errors() == []
    assert tab.hosts() == {accounts.url.removeprefix("http://")}
    tab.close()


def post(web: Web, path: str, headers: dict[str, str] | None = None, **body: Any) -> Any:
    return web.http.request("POST", f"{web.url}{path}", json=body, headers=headers).json()


def link(web: Web) -> str:
    """Of the newest mail, whichever process wrote it, at the address where this service is."""
    mails = web.http.request("GET", f"{web.url}/api/v1/dev/outbox").json()["mails"]
    return re.sub(r"^http://localhost(:\d+)?", web.url, mails[0]["links"][0])


def signed_up(web: Web, email: str) -> dict[str, str]:
    """What an account's access token is carried in."""
    post(web, "/auth/sign-up", email=email, password=PASSWORD)
    post(web, "/auth/verify", token=link(web).partition("=")[2])
    return {"Authorization": f"Bearer {post(web, '/auth/sign-in', email=email, password=PASSWORD)['access_token']}"}


def follow(page: Page, url: str) -> None:
    """A mailed link; its token leaves the address bar at once."""
    page.call("Page.navigate", url=url)
    path = url.removeprefix("http://").partition("/")[2].partition("?")[0]
    page.wait(f"location.pathname === '/{path}' && !location.search && document.readyState === 'complete'")


def sign_in(page: Page, web: Web, email: str, **more: str) -> None:
    """By the cookie, as after the form."""
    wish = {"email": email, "password": PASSWORD, "cookie": True} | more
    answer = web.http.request("POST", f"{web.url}/auth/sign-in", json=wish)
    value = answer.headers["Set-Cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")
    page.call("Network.setCookie", url=web.url, name=COOKIE, value=value, secure=True, httpOnly=True, path="/")


def whose(page: Page) -> Any:
    return page.ask("fetch('/auth/me').then(r => r.json()).then(me => me.email)")


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.write(f"input[name={name}]", value)
    page.press_enter()


def test_from_an_invitation_to_a_first_goal(accounts: Web, page: Page) -> None:
    ada = signed_up(accounts, "ada@example.com")
    acme = post(accounts, "/api/v1/tenants", ada, name="Acme")["id"]
    post(accounts, f"/api/v1/tenants/{acme}/invitations", ada, email="bob@example.com")
    page.go(link(accounts))
    fill(page, email="bob@example.com", name="Bob", password=PASSWORD)
    page.wait(LANDED)
    assert whose(page) == "bob@example.com"
    page.wait("document.querySelector('.chip.first')")
    page.click(".chip.first")
    page.wait("document.querySelector('dialog input')")
    page.write("dialog input", "Learn to swim")
    page.press_enter()
    page.wait("document.querySelector('.card.goal')?.innerText.includes('Learn to swim')")


def test_signing_up_and_confirming(accounts: Web, page: Page) -> None:
    page.go(f"{accounts.url}/auth/sign-up")
    fill(page, email="ada@example.com", name="Ada", password=PASSWORD)
    page.wait("document.querySelector('#state.good')")
    follow(page, link(accounts))
    page.click("#form button")
    page.wait("document.querySelector('#state.good')")
    page.go(f"{accounts.url}/auth/sign-in?return_to=/care")
    fill(page, email="ada@example.com", password=PASSWORD)
    page.wait("location.pathname === '/care'")
    assert whose(page) == "ada@example.com"


def test_a_mailed_link_signs_in_and_leads_nowhere_else(accounts: Web, page: Page) -> None:
    signed_up(accounts, "ada@example.com")
    page.go(f"{accounts.url}/auth/magic-link")
    fill(page, email="ada@example.com")
    page.wait("document.querySelector('#state.good')")
    follow(page, f"{link(accounts)}&return_to=//evil.example")
    page.click("#form button")
    page.wait(LANDED)
    assert whose(page) == "ada@example.com"


@pytest.mark.parametrize(("origin", "is_in"), [("", False), ("https://evil.example", False), ("own", True)])
def test_only_pages_of_ours_follow_events_by_a_cookie(accounts: Web, clean: None, origin: str, is_in: bool) -> None:
    signed_up(accounts, "ada@example.com")
    wish = {"email": "ada@example.com", "password": PASSWORD, "cookie": True}
    answer = accounts.http.request("POST", f"{accounts.url}/auth/sign-in", json=wish)
    cookie, at = answer.headers["Set-Cookie"].partition(";")[0], accounts.url if origin == "own" else origin
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{accounts.port}/ws", cookie=cookie, origin=at, suppress_origin=not at, timeout=20
    )
    socket.send(json.dumps({"action": "resume", "after": "0"}))
    socket.send(json.dumps({"action": "ping"}))
    assert json.loads(socket.recv())["type"] == ("pong" if is_in else "error")
    socket.close()


def test_the_playground_needs_no_token_of_whoever_is_signed_in(accounts: Web, page: Page) -> None:
    signed_up(accounts, "ada@example.com")
    page.go(f"{accounts.url}/auth/sign-in?return_to=/playground%23niche_review")
    fill(page, email="ada@example.com", password=PASSWORD)
    page.wait("document.querySelector('#page form textarea')")
    page.write("#page form textarea", "We help small hotels")
    page.click("#page button.primary")
    page.wait("document.querySelector('.read dl')")
    page.click(".foot button")
    page.wait("document.querySelector('#token')")
    page.go(f"{accounts.url}/playground?again")
    page.wait("document.querySelector('#token')")


@pytest.mark.parametrize("width", [360, 1400])
def test_ones_own_data_needs_no_token_of_whoever_is_signed_in(accounts: Web, page: Page, width: int) -> None:
    signed_up(accounts, "ada@example.com")
    sign_in(page, accounts, "ada@example.com")
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    page.go(f"{accounts.url}/data")
    page.wait("document.querySelector('#remembers').checkVisibility() && document.querySelector('#facts li')")
    page.click("#export")
    page.wait("document.querySelector('#making').textContent.startsWith('It is being made')")
    assert page.ask(f"{AXE}; {JUDGED}") == []
    assert page.ask("document.documentElement.scrollWidth") <= width
    page.click("#leave")
    page.wait("document.querySelector('#door a').checkVisibility()")
    page.go(f"{accounts.url}/data?again")
    assert not page.ask("document.querySelector('#desk').checkVisibility()")


def test_the_care_page_is_the_operators_by_their_cookie_too(accounts: Web, app: Flask, page: Page) -> None:
    signed_up(accounts, "ada@example.com")
    sign_in(page, accounts, "ada@example.com")
    page.go(f"{accounts.url}/care")
    page.wait("document.querySelector('#state').innerText == 'Operators only'")
    args = ["user", "create", "--email", "opal@example.com", "--tenant", "house", "--role", "operator"]
    made = app.test_cli_runner().invoke(args=[*args, "--password", PASSWORD])
    secret = dict(parse_qsl(urlsplit(made.output.strip()).query))["secret"]
    sign_in(page, accounts, "opal@example.com", code=code_of(secret))
    page.go(f"{accounts.url}/care?again")
    page.wait("document.querySelectorAll('#lines li').length")
    page.write("#text", "I slept well")
    page.click("#trial button")
    page.wait("document.querySelector('#verdict').checkVisibility()")
    assert page.text("#verdict .verdict") == "none"


@pytest.mark.parametrize(("origin", "is_in"), [("", False), ("https://evil.example", False), ("own", True)])
def test_only_pages_of_ours_talk_by_a_cookie(accounts: Web, clean: None, origin: str, is_in: bool) -> None:
    ada = signed_up(accounts, "ada@example.com")
    wish = {"email": "ada@example.com", "password": PASSWORD, "cookie": True}
    answer = accounts.http.request("POST", f"{accounts.url}/auth/sign-in", json=wish)
    listed = accounts.http.request("GET", f"{accounts.url}/api/v1/voice/coaches", headers=ada).json()["coaches"]
    cookie, at = answer.headers["Set-Cookie"].partition(";")[0], accounts.url if origin == "own" else origin
    socket = websocket.create_connection(
        f"ws://127.0.0.1:{accounts.port}/ws/voice/?bot_id={listed[0]['id']}", cookie=cookie, origin=at,
        suppress_origin=not at, timeout=20,
    )  # fmt: skip
    opcode, said = socket.recv_data()
    assert (opcode == websocket.ABNF.OPCODE_TEXT and b"connected" in said) is is_in
    socket.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_a_person_talks_in_their_own_place_without_a_key(accounts: Web, page: Page, width: int) -> None:
    signed_up(accounts, "ada@example.com")
    sign_in(page, accounts, "ada@example.com")
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
    page.go(f"{accounts.url}/app#/voice")
    page.wait("document.querySelector('.composer input')?.disabled === false")
    page.write(".composer input", "How do I plan my week?")
    page.press_enter()
    page.wait("document.querySelector('.said.coach')?.innerText.length > 20")
    assert page.texts(".said.mine p") == ["How do I plan my week?"]
    assert page.ask(f"{AXE}; {JUDGED}") == []
    assert page.ask("document.documentElement.scrollWidth") <= width
