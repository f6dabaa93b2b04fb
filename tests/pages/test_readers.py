"""The way in, and the readers of the OpenAPI document."""

from flask import Flask

from app.auth.tokens import Tokens
from app.db.session import db as database
from app.jobs.queue import queue
from app.web.container import resolve_from
from tests.gunicorn import Web
from tests.pages.browser import Browser, Page


def test_the_landing_page_says_that_it_is_ready(page: Page, web: Web) -> None:
    page.go(f"{web.url}/")
    page.wait("document.querySelector('#state.good')")
    assert "offline coach" in page.text("#state")
    assert page.count(".cards a") >= 6


def test_swagger_ui_shows_the_operations(page: Page, web: Web) -> None:
    page.go(f"{web.url}/api/schema/swagger-ui/")
    page.wait("document.querySelectorAll('.opblock').length > 10")
    assert "/api/v1/chat/message" in page.text("#reader")
    assert page.count(".errors-wrapper") == 0


def test_redoc_shows_the_operations(page: Page, web: Web) -> None:
    page.go(f"{web.url}/api/schema/redoc/")
    page.wait("document.querySelectorAll('[data-section-id]').length > 100")


def test_the_queue_dashboard_shows_its_queues(web: Web, browser: Browser, app: Flask, clean: None) -> None:
    """Its own scripts run under the policy of our pages."""
    token = resolve_from(app, Tokens).mint("root", "house", "operator", 600)
    with database.begin() as session:
        queue.enqueue(session, "workspace.embed", "acme", "olivia")
    tab = browser.open()
    tab.call("Network.setExtraHTTPHeaders", headers={"Authorization": f"Bearer {token}"})
    tab.go(f"{web.url}/rq/")
    tab.wait("document.body.innerText.includes('batch')")
    tab.close()
