"""The test console of the realtime coach: what a person sees and hears of a turn."""

import pytest
from flask import Flask

from tests.gunicorn import Web
from tests.pages.browser import Browser, Page
from tests.realtime.conftest import Machine, key_of, make_agent

CONNECTED = "document.querySelector('#state').innerText == 'Connected'"
ENDED = "document.querySelector('#frames').innerText.includes('response_ended')"
HEARD = "sounds.some(one => one.currentTime > 0.1 && !one.error)"


@pytest.fixture
def console(page: Page, web: Web, app: Flask) -> Page:
    """Connected to the one agent of a tenant."""
    machine = Machine(app.test_client(), key_of("acme"), "acme")
    make_agent(machine, name="Ada")
    page.go(f"{web.url}/api/test/")
    page.write("#key", machine.key)
    page.click("#load")
    page.wait("document.querySelector('#agent').selectedOptions[0].text == 'Ada'")
    page.click("#connect")
    page.wait(CONNECTED)
    return page


def say(page: Page, text: str) -> None:
    page.write("#text", text)
    page.press_enter()


def test_an_answer_is_read_and_heard(console: Page) -> None:
    say(console, "How do I plan my week?")
    console.wait(HEARD)
    console.wait(ENDED)
    yours, answer = console.texts("#log li")
    assert yours == "How do I plan my week?" and len(answer) > 20
    frames = console.text("#frames")
    assert "text_token" in frames and "audio_response" in frames
    assert "prepare_ms" in console.text("#timings")


def test_slides_are_shown(console: Page) -> None:
    console.click("#mute")
    say(console, "Make slides about planning a week.")
    console.wait("document.querySelectorAll('#slides article li').length > 0")
    assert "planning a week" in console.text("#slides").lower()
    console.wait(ENDED)


def test_a_key_that_does_not_fit_is_told(browser: Browser, web: Web) -> None:
    page = browser.open()
    page.go(f"{web.url}/api/test/")
    page.write("#key", "ch_nonsense")
    page.click("#load")
    page.wait("document.querySelector('#state.bad')")
    assert "401" in " ".join(page.errors())
    page.close()
