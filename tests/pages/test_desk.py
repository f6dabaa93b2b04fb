"""The operators' page and the playground: each part shows what the API has, and changes what it says it changes."""

import json
from typing import Any

import pytest
from flask import Flask

from app.accounts.ledger import Ledger
from app.accounts.models import ModelCall
from app.auth.tokens import Tokens
from app.core.clock import now
from app.db.session import db as database
from app.jobs.models import Job, JobState
from app.web.container import resolve_from
from tests.conftest import Caller, sign_in
from tests.gunicorn import Web
from tests.pages.browser import AXE, JUDGED, Browser, Page

PHONE, DESKTOP = (360, 780), (1400, 900)
PARTS = (
    "overview", "usage", "tenants", "tenants/acme", "people", "keys", "topics", "topics/niche_review", "models",
    "jobs", "interviews", "agents", "connections", "care", "audit",
)  # fmt: skip
CALL: dict[str, Any] = {
    "tenant_id": "acme", "user_id": "olivia", "feature": "chat.turn", "provider": "openai", "model": "gpt-5-mini",
    "input_tokens": 900, "output_tokens": 100, "estimated": False, "latency_ms": 900, "outcome": "ok", "attempts": 1,
}  # fmt: skip
THERE = "document.querySelector('#page h1') && !document.querySelector('#page').innerText.includes('One moment')"


@pytest.fixture
def spent(app: Flask, clean: None) -> None:
    resolve_from(app, Ledger).flush()
    with database.begin() as session:
        for cost in (0.5, 0.25, None):
            session.add(ModelCall(**CALL, cost=cost, created_at=now()))


def enter(page: Page, web: Web, app: Flask, place: str, role: str = "operator") -> None:
    page.sign_out_of("desk")
    page.go(f"{web.url}/{place}")
    page.write("#token", resolve_from(app, Tokens).mint("opal", "house", role, 600))
    page.press_enter()
    page.wait(f"({THERE}) || document.querySelector('#why')")


@pytest.fixture
def desk(page: Page, web: Web, app: Flask, spent: None) -> Page:
    enter(page, web, app, "admin")
    return page


@pytest.fixture
def operator(app: Flask, spent: None) -> Caller:
    return sign_in(app, "opal", "house", "operator")


def visit(page: Page, part: str, seen: str = "true") -> None:
    page.ask(f"document.querySelector('#page').replaceChildren(), location.hash = {json.dumps('#' + part)}, 0")
    page.wait(f"{THERE} && ({seen})")


def press(page: Page, text: str, within: str = "#page") -> None:
    """The button with this text."""
    named = f"[...document.querySelectorAll({json.dumps(f'{within} button')})].find(one => one.innerText == '{text}')"
    page.wait(named)
    page.ask(f"{named}.dataset.pressed = 'now', 0")
    page.click("[data-pressed=now]")
    page.ask("document.querySelector('[data-pressed]')?.removeAttribute('data-pressed'), 0")


def put(page: Page, selector: str, text: str) -> None:
    """In place of what a field has."""
    page.ask(f"document.querySelector({json.dumps(selector)}).select()")
    page.write(selector, text)


def told(page: Page, text: str) -> None:
    page.wait(f"document.querySelector('.state')?.innerText == {json.dumps(text)}")


def test_the_overview_shows_what_was_spent_and_leads_on(desk: Page) -> None:
    assert desk.texts(".figure strong")[:4] == ["$0.75", "$0.75", "1", "3"]
    assert "openai:gpt-5-mini $0.75" in desk.ask("document.querySelector('.plot').getAttribute('aria-label')")
    desk.click("a[href='#jobs']")
    desk.wait("document.activeElement.innerText == 'Jobs' && document.title == 'Jobs · Coachhouse'")


def test_spending_is_the_ledgers(desk: Page, operator: Caller) -> None:
    visit(desk, "usage")
    desk.ask("document.querySelectorAll('select')[0].value = 'tenant', 0")
    press(desk, "Show")
    desk.wait("document.querySelector('.bar a')?.innerText == 'acme'")
    row = operator.get("/api/v1/admin/usage?by=tenant").json["rows"][0]
    assert desk.texts(".figure strong")[:2] == [f"${row['cost_usd']}", str(row["calls"])]
    assert desk.text(".note").startswith("1 calls went to models whose price is not known")


@pytest.mark.parametrize("part", ["tenants", "people", "tenants/acme"])
def test_what_has_no_price_is_not_shown_as_free(desk: Page, part: str) -> None:
    visit(desk, part, "document.querySelector('[data-name=Cost]')")
    assert "$0.75 1 unpriced" in " ".join(desk.text("table").split())


def test_a_budget_is_set_and_taken_back(desk: Page, operator: Caller) -> None:
    visit(desk, "tenants/acme", "document.querySelector('input[type=number]')")
    put(desk, "input[type=number]", "2.5")
    press(desk, "Save")
    told(desk, "The budgets are in force.")
    assert operator.get("/api/v1/admin/budgets/acme").json["user_day"] == 2.5
    press(desk, "Go back to the settings")
    press(desk, "Go back", "dialog")
    told(desk, "The settings are in force.")
    assert operator.get("/api/v1/admin/budgets/acme").json["own"] == []


def test_a_key_is_made_shown_once_and_revoked(desk: Page, operator: Caller) -> None:
    visit(desk, "tenants/acme")
    press(desk, "New key")
    desk.write("input[placeholder=web]", "site")
    press(desk, "Make it")
    desk.wait("document.querySelector('input[readonly]')?.value.startsWith('ch_')")
    assert [key["name"] for key in operator.get("/api/v1/admin/api-keys?tenant=acme").json["api_keys"]] == ["site"]
    press(desk, "Revoke")
    press(desk, "Revoke", "dialog")
    told(desk, "The key is revoked.")
    assert operator.get("/api/v1/admin/api-keys?tenant=acme").json["total"] == 0


def test_a_draft_is_compared_tried_saved_and_rolled_back(desk: Page, operator: Caller) -> None:
    visit(desk, "topics/niche_review", "document.querySelector('textarea.code')")
    put(desk, "textarea.code", "A draft.")
    assert "+ A draft." in desk.ask("document.querySelector('pre.diff').textContent")
    desk.write("#page form textarea", "We help small hotels")
    press(desk, "Run with a model")
    desk.wait("document.querySelector('.read dl') && document.querySelector('.tags')")
    press(desk, "Prompts as the model saw them")
    assert "A draft." in desk.ask("document.querySelector('#page').textContent")
    press(desk, "Save as new version")
    told(desk, "The new version is in force.")
    assert operator.get("/admin/topics/niche_review/prompts/system").json["text"] == "A draft."
    desk.ask("document.querySelector('.panel details').open = true, 0")
    press(desk, "Go back to it")
    press(desk, "Put it in force", "dialog")
    told(desk, "Version 0 is in force again.")
    assert operator.get("/admin/topics/niche_review/prompts/system").json["version"] == 2


def test_an_input_is_kept_for_the_next_trial(desk: Page, operator: Caller) -> None:
    visit(desk, "topics/niche_review", "document.querySelector('textarea.code')")
    desk.write("#page form textarea", "We help small hotels")
    desk.write("input[placeholder='a small hotel']", "hotels")
    press(desk, "Save", "#page form.stack .row")
    told(desk, "The input is saved.")
    kept = operator.get("/admin/topics/niche_review/inputs").json["inputs"]
    assert [(one["name"], one["parameters"]) for one in kept] == [("hotels", {"current_value": "We help small hotels"})]
    visit(desk, "topics")
    visit(desk, "topics/niche_review", "[...document.querySelectorAll('option')].some(one => one.text == 'hotels')")


def test_a_job_is_tried_again(desk: Page, operator: Caller) -> None:
    with database.begin() as session:
        session.add(Job(name="workspace.embed", tenant_id="acme", state=JobState.FAILED, error_code="INTERNAL_ERROR"))
    visit(desk, "jobs")
    press(desk, "Failed 1")
    desk.wait("document.activeElement.matches('[aria-pressed=true]') && document.activeElement.innerText == 'Failed 1'")
    press(desk, "Try again")
    told(desk, "It waits for a worker again.")
    assert operator.get("/admin/jobs?name=workspace.embed").json["jobs"][0]["state"] != "failed"


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_nothing_runs_over_the_edge(desk: Page, size: tuple[int, int]) -> None:
    shape: dict[str, Any] = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    desk.call("Emulation.setDeviceMetricsOverride", **shape)
    for part in PARTS:
        visit(desk, part)
        desk.ask("document.querySelectorAll('details').forEach(one => { one.open = true; }), 0")
        assert desk.ask("document.documentElement.scrollWidth") <= size[0], part


def test_it_is_the_operators(web: Web, browser: Browser, app: Flask, clean: None) -> None:
    tab = browser.open()
    enter(tab, web, app, "admin", "owner")
    assert tab.text("#why") == "Operators only."
    tab.close()


@pytest.fixture
def playground(page: Page, web: Web, app: Flask, clean: None) -> Page:
    enter(page, web, app, "playground#niche_review", "member")
    page.write("#page form textarea", 'We help "small" hotels')
    return page


def test_a_topic_is_run_and_its_request_is_code(playground: Page) -> None:
    press(playground, "Run")
    playground.wait("document.querySelector('.read dl')")
    assert playground.count(".read li") == 3 and "offline-coach" in playground.text(".tags")
    assert '"qualityReview"' in playground.ask("document.querySelector('.two pre').textContent")
    press(playground, "Python")
    code = playground.ask("document.querySelector('[role=tabpanel]:not([hidden]) pre:last-of-type').textContent")
    assert "COACHHOUSE_TOKEN" in playground.text("#page") and code
    assert "The prompt as the model sees it" not in playground.text("#page")


def test_a_topic_is_run_in_the_background(playground: Page) -> None:
    press(playground, "Run in the background")
    playground.wait("document.querySelector('.read dl')")
    assert playground.count(".read li") == 3


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_coaching_topic_is_talked_through_to_its_result(
    page: Page, web: Web, app: Flask, size: tuple[int, int], clean: None
) -> None:
    shape: dict[str, Any] = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
    page.call("Emulation.setDeviceMetricsOverride", **shape)
    enter(page, web, app, "playground#core_values", "member")
    page.write("#page textarea.mono", '{"business_name": "Acme"}')
    press(page, "Begin, or go on")
    page.wait("document.querySelectorAll('.said article').length == 1")
    field = "[...document.querySelectorAll('#page label')].find(one => one.innerText.startsWith('Your answer'))"
    page.ask(f"{field}.querySelector('textarea').focus()")
    page.call("Input.insertText", text="I told a customer that we had made a mistake.")
    press(page, "Send")
    page.wait("document.querySelectorAll('.said article').length == 3")
    press(page, "Begin, or go on")
    page.wait("document.querySelectorAll('.said article').length == 3")
    press(page, "Write down the result now")
    page.wait("document.querySelector('.read dl')")
    assert "It is done." in page.text("#page") and "/api/v1/ai/coaching/start" in page.text("#page")
    assert page.ask(f"{AXE}; {JUDGED}") == []
    assert page.ask("document.documentElement.scrollWidth") <= size[0]


def test_what_is_no_json_is_told_at_its_field(page: Page, web: Web, app: Flask, clean: None) -> None:
    enter(page, web, app, "playground#prioritization_suggestions", "member")
    page.write("#page textarea.mono", "[{]")
    press(page, "Run")
    page.wait("document.querySelector('[aria-invalid=true]')")
    assert "This is not JSON." in page.text("#page form")


@pytest.mark.parametrize(("place", "role"), [("admin", "operator"), ("playground", "owner")])
def test_while_developing_it_opens_for_this_machine(page: Page, web: Web, clean: None, place: str, role: str) -> None:
    page.go(f"{web.url}/{place}")
    page.wait(f"document.querySelector('.foot')?.innerText.includes('{role}') && {THERE}")
    press(page, "Sign out", ".foot")
    page.wait("document.querySelector('#token')")
    page.go(f"{web.url}/{place}?again")
    page.wait("document.querySelector('#token')")
