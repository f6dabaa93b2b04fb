"""What the coach remembers, on the page of one's data: seen, accepted, corrected, pinned, deleted, switched off."""

import pytest
from flask import Flask

from tests.conftest import Caller
from tests.double.client import Double
from tests.gunicorn import Web
from tests.memory.conftest import MORNING, SETTINGS, Memory
from tests.pages.browser import Page
from tests.pages.test_data import sign_on
from tests.waiting import until

FIRST = "document.querySelector('#facts li')"


@pytest.fixture
def memory(app: Flask, double: Double, owner: Caller) -> Memory:
    return Memory(app, double, owner)


def press(page: Page, name: str) -> None:
    page.ask(f"[...document.querySelectorAll('#facts button')].find(one => one.textContent == '{name}').click(), 0")


def test_a_person_does_with_it_as_they_like(page: Page, web: Web, app: Flask, memory: Memory) -> None:
    memory.learn("I take pills every evening")
    sign_on(page, web, app)
    page.wait(f"{FIRST}?.textContent.includes('about health: may it be kept?')")
    press(page, "Yes, keep it")
    page.wait(f"{FIRST}.textContent.includes('Pin')")
    press(page, "Pin")
    page.wait(f"{FIRST}.textContent.includes('Unpin')")
    press(page, "Change")
    page.ask("document.querySelector('#facts input').value = '', 0")
    page.write("#facts input", MORNING)
    page.press_enter()
    page.wait(f"{FIRST}.textContent.startsWith('{MORNING}')")
    [fact] = memory.facts()
    assert (fact["text"], fact["pinned"], fact["state"]) == (MORNING, True, "kept")
    press(page, "Delete")
    page.wait(f"{FIRST}.textContent == 'Nothing yet.'")
    assert memory.facts() == []


def test_it_is_switched_off(page: Page, web: Web, app: Flask, memory: Memory) -> None:
    sign_on(page, web, app)
    page.wait("document.querySelector('#remembers').checked")
    page.click("#remembers")
    until(lambda: memory.caller.get(SETTINGS).json == {"enabled": False})
