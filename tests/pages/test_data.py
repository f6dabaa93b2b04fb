"""The page of a person's own data: figures, an import with its progress, an export with its link, erasure."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.auth.tokens import Tokens
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.gunicorn import Web
from tests.pages.browser import Browser, Page

PHONE, DESKTOP = (360, 780), (1400, 900)
OPEN = "document.querySelector('#desk').checkVisibility() && document.querySelector('#count').textContent"
IMPORTED = "document.querySelector('#state').textContent.startsWith('Imported')"
JOURNAL = "date,text\n2020-02-01,By the river\n2020-02-02,In the rain\nsoon,Without a day\n"


def sign_on(page: Page, web: Web, app: Flask) -> None:
    page.sign_out_of("data")
    page.go(f"{web.url}/data")
    page.write("#token", resolve_from(app, Tokens).mint("olivia", "acme", "member", 600))
    page.press_enter()
    page.wait(OPEN)


@pytest.fixture
def olivia(app: Flask, clean: None) -> Caller:
    caller = sign_in(app, "olivia", "acme")
    for number in range(3):
        caller.post("/api/v1/journal", json={"title": f"Day {number}", "content": "By the river"})
    return caller


@pytest.fixture
def desk(page: Page, web: Web, app: Flask, olivia: Caller) -> Page:
    sign_on(page, web, app)
    return page


def choose(page: Page, path: Path) -> None:
    found = page.call("Runtime.evaluate", expression="document.querySelector('#file')")["result"]["objectId"]
    page.call("DOM.setFileInputFiles", files=[str(path)], objectId=found)


def bring(page: Page, folder: Path) -> None:
    (folder / "journal.csv").write_text(JOURNAL)
    choose(page, folder / "journal.csv")
    page.click("#send")
    page.wait(IMPORTED)


def is_shown(page: Page, selector: str) -> bool:
    return bool(page.ask(f"document.querySelector({json.dumps(selector)}).checkVisibility()"))


def test_it_shows_what_is_stored_and_how_long(desk: Page, olivia: Caller) -> None:
    assert desk.texts("#groups .bar span:first-child")[:2] == ["Journal", "Search"]
    assert desk.texts("#groups .bar b")[0].startswith("3 · ")
    assert desk.texts("#retention dd") == ["until deleted"] * 4 + ["7 days", "30 days"]
    counts = olivia.get("/api/v1/me/data").json["counts"]
    assert desk.text("#count") == str(sum(counts.values()))


def test_a_journal_is_brought_along_and_taken_back(desk: Page, olivia: Caller, tmp_path: Path) -> None:
    bring(desk, tmp_path)
    assert desk.text("#state") == "Imported: 2 entries, 1 not taken over."
    assert desk.text("#skipped summary") == "1 not taken over"
    assert "its date is not understood" in desk.ask("document.querySelector('#skipped').textContent")
    desk.wait("document.querySelector('#groups .bar b').textContent.startsWith('5 · ')")
    desk.click("#imports button")
    desk.wait("document.querySelector('#imports').textContent.includes('taken back')")
    desk.wait("document.querySelector('#groups .bar b').textContent.startsWith('3 · ')")
    assert len(olivia.get("/api/v1/journal").json["entries"]) == 3


def test_a_file_that_is_none_is_told_of(desk: Page, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    choose(desk, tmp_path / "x.zip")
    desk.click("#send")
    desk.wait("document.querySelector('#state').className == 'state bad'")
    assert "damaged" in desk.text("#state")
    assert not is_shown(desk, "#run")


def test_an_export_is_made_with_its_link(desk: Page) -> None:
    desk.click("#export")
    desk.wait("document.querySelector('#exports a')")
    kind = "fetch(document.querySelector('#exports a').href).then(answer => answer.headers.get('Content-Type'))"
    assert desk.ask(kind) == "application/zip"
    desk.click("#exports button")
    desk.wait("!document.querySelector('#exports li')")


def test_all_of_it_is_erased_by_whoever_is_sure_and_kept_by_who_is_not(desk: Page, olivia: Caller) -> None:
    desk.wait("document.querySelector('#erasing').checkVisibility()")
    desk.click("#ask")
    desk.wait("document.activeElement.id == 'word'")
    assert desk.ask("document.querySelector('#yes').disabled")
    desk.call("Input.insertText", text="Erase")
    desk.press_enter()
    desk.wait("document.querySelector('#keep').checkVisibility()")
    assert "will be erased: " in desk.text("#fate")
    assert olivia.get("/api/v1/me/erasure").status_code == 200
    desk.click("#keep")
    desk.wait("document.querySelector('#ask').checkVisibility()")
    assert len(olivia.get("/api/v1/journal").json["entries"]) == 3


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_runs_over_the_edge(desk: Page, size: tuple[int, int], tmp_path: Path) -> None:
    shape: dict[str, Any] = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    desk.call("Emulation.setDeviceMetricsOverride", **shape)
    bring(desk, tmp_path)
    desk.ask("document.querySelectorAll('details').forEach(one => { one.open = true; }), 0")
    assert desk.ask("document.documentElement.scrollWidth") <= size[0]
    over = (
        "[...document.querySelectorAll('#data *')].filter(one => !one.closest('.scroll') "
        "&& one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 80))"
    )
    assert desk.ask(over) == []


def test_the_tab_remembers_and_signing_out_forgets(desk: Page, web: Web, browser: Browser) -> None:
    desk.go(f"{web.url}/data?again")
    desk.wait(OPEN)
    desk.click("#leave")
    desk.go(f"{web.url}/data")
    assert is_shown(desk, "#door") and not is_shown(desk, "#desk")


def test_while_developing_it_opens_as_the_demo_person(page: Page, web: Web) -> None:
    page.go(f"{web.url}/data")
    page.wait(OPEN)
    page.click("#leave")
    page.wait("document.querySelector('#door').checkVisibility()")
    page.go(f"{web.url}/data?again")
    assert is_shown(page, "#door") and not is_shown(page, "#desk")
