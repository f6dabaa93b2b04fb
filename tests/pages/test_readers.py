"""The way in, and the readers of the OpenAPI document."""

from tests.gunicorn import Web
from tests.pages.browser import Page


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
