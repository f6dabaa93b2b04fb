"""The care page: an operator reads what was found and what people are told, and tries what would be found."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.care.models import CareEvent
from app.db.session import db as database
from app.web.container import resolve_from
from tests.care.conftest import CRISIS
from tests.gunicorn import Web
from tests.pages.browser import Browser, Page

PHONE, DESKTOP = (360, 780), (1280, 900)
OPEN = "document.querySelector('#desk').checkVisibility() && document.querySelectorAll('#lines li').length"

# In place of the browser's own way to save a file: its name and what is in it are left for the test.
SAVES = """window.saved = [];
URL.createObjectURL = blob => { blob.text().then(text => saved.push(text)); return location.href; };
HTMLAnchorElement.prototype.click = function () { saved.unshift(this.download); }; 0"""


def happened(*rows: tuple[str, str, str | None, str, str]) -> None:
    with database.begin() as session:
        for moment, level, category, language, path in rows:
            facts = {"level": level, "category": category, "language": language, "path": path}
            at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
            session.add(
                CareEvent(tenant_id="a", user_id="o", created_at=at, source="rule:x", shown="text", **facts)
            )  # fmt: skip


def sign_in(page: Page, web: Web, app: Flask, role: str = "operator") -> None:
    page.sign_out_of("care")
    page.go(f"{web.url}/care")
    page.write("#token", resolve_from(app, Tokens).mint("opal", "house", role, 600))
    page.press_enter()


@pytest.fixture
def desk(page: Page, web: Web, app: Flask) -> Page:
    happened(
        ("2026-01-10", "crisis", "suicide", "en", "chat"), ("2026-01-11", "concern", "danger", "de", "chat"),
        ("2026-02-01", "none", None, "en", "chat"), ("2026-03-01", "concern", "self_harm", "en", "realtime"),
        ("2026-03-02", "concern", "danger", "en", "realtime"),
    )  # fmt: skip
    sign_in(page, web, app)
    page.wait(OPEN)
    return page


def between(page: Page, first: str, last: str) -> None:
    page.ask(f"document.querySelector('#from').value = '{first}', document.querySelector('#to').value = '{last}', 0")
    page.ask("document.querySelector('#total').textContent = '', 0")
    page.click("#period button")
    page.wait("document.querySelector('#total').textContent")


def test_the_counts_are_there_by_month_language_path_and_category(desk: Page) -> None:
    between(desk, "2026-01-01", "2026-03-31")
    assert desk.texts(".figures strong") == ["5", "1", "3", "1"]
    assert desk.ask("document.querySelector('#months').getAttribute('aria-label')") == (
        "2026-01: 1 crisis, 1 concern, 0 cut answers; 2026-02: 0 crisis, 0 concern, 1 cut answers; "
        "2026-03: 0 crisis, 2 concern, 0 cut answers"
    )
    assert desk.count("#months rect") == 4
    assert desk.texts("#languages .bar span:first-child") == ["English", "German"]
    assert desk.texts("#paths .bar b") == ["3", "2"]
    assert desk.texts("#categories .bar span:first-child") == ["danger", "suicide", "none", "self harm"]


def test_a_shorter_time_has_fewer(desk: Page) -> None:
    between(desk, "2026-03-01", "2026-03-01")
    assert desk.texts(".figures strong") == ["1", "0", "1", "0"]


def test_the_report_is_downloaded(desk: Page) -> None:
    between(desk, "2026-01-01", "2026-03-31")
    desk.ask(SAVES)
    desk.click("#download")
    desk.wait("saved.length == 2")
    name, text = desk.ask("saved")
    assert name == "care-2026-01-01-to-2026-03-31.csv" and len(text.splitlines()) == 6


def test_texts_and_lines_are_those_of_a_language_and_country(desk: Page) -> None:
    for field, value in (("language", "de"), ("country", "AT")):
        desk.ask(f"document.querySelector('#{field}').value = '{value}', 0")
    desk.ask("document.querySelector('#where').dispatchEvent(new Event('change')), 0")
    desk.wait("document.querySelector('#texts details').lang == 'de'")
    assert "TelefonSeelsorge: 142" in desk.ask("document.querySelector('#texts').textContent")
    assert "TelefonSeelsorge" in desk.text("#lines") and "24/7" in desk.text("#lines")


def test_a_text_is_tried(desk: Page) -> None:
    desk.write("#text", CRISIS)
    desk.click("#trial button")
    desk.wait("document.querySelector('#verdict').checkVisibility()")
    assert desk.text("#verdict .verdict") == "crisis"
    assert "suicide" in desk.text("#verdict dl") and "rule:" in desk.text("#verdict dl")
    assert desk.text("#verdict .said").startswith("Thank you for telling me.")
    with database.read() as session:
        assert session.query(CareEvent).count() == 5


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_runs_over_the_edge(desk: Page, size: tuple[int, int]) -> None:
    shape: dict[str, Any] = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    desk.call("Emulation.setDeviceMetricsOverride", **shape)
    desk.ask("document.querySelectorAll('details').forEach(one => { one.open = true; }), 0")
    assert desk.ask("document.documentElement.scrollWidth") <= size[0]
    over = (
        "[...document.querySelectorAll('#care *')].filter(one => !one.closest('.scroll') "
        "&& one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"
    )
    assert desk.ask(over) == []


def test_the_tab_remembers_and_others_do_not(desk: Page, web: Web, browser: Browser) -> None:
    desk.go(f"{web.url}/care")
    desk.wait(OPEN)
    other = browser.open()
    other.sign_out_of("care")
    other.go(f"{web.url}/care")
    assert other.ask("document.querySelector('#door').checkVisibility()")
    other.close()


def test_it_is_the_operators(web: Web, browser: Browser, app: Flask, clean: None) -> None:
    tab = browser.open()
    sign_in(tab, web, app, role="owner")
    tab.wait("document.querySelector('#state').innerText == 'Operators only'")
    assert not tab.ask("document.querySelector('#desk').checkVisibility()")
    tab.close()


def test_while_developing_it_opens_for_this_machine(page: Page, web: Web) -> None:
    page.go(f"{web.url}/care")
    page.wait(OPEN)
    page.click("#leave")
    page.wait("document.querySelector('#door').checkVisibility()")
    page.go(f"{web.url}/care?again")
    assert not page.ask("document.querySelector('#desk').checkVisibility()")
