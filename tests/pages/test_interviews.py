"""The interviews page: one begins, is watched to its end and understood; its link shows the same to others."""

from tests.gunicorn import Web
from tests.pages.browser import Browser, Page

COMPLETE = "document.querySelector('#state').innerText == 'Complete'"


def begin(page: Page, web: Web) -> None:
    page.go(f"{web.url}/interviews")
    page.wait("document.querySelectorAll('.persona').length == 5")
    page.click(".persona:last-child")


def test_an_interview_arrives_and_is_understood(page: Page, web: Web) -> None:
    begin(page, web)
    page.wait("document.querySelectorAll('#log li').length > 1")
    page.wait(COMPLETE)
    who = page.texts("#log li .who")
    assert len(who) >= 11 and who == (["Interviewer", "Customer"] * len(who))[: len(who)]
    assert "Amara Okafor" in page.text("#log li")
    assert page.count("#insights blockquote") >= 3 and page.count(".cloud span") >= 5
    assert page.ask("document.querySelector('.journey').getAttribute('aria-label')").startswith("In the beginning")


def test_a_shared_link_shows_the_same_to_read_only(page: Page, web: Web, browser: Browser) -> None:
    begin(page, web)
    page.wait(COMPLETE)
    other = browser.open()
    other.go(page.ask("document.querySelector('#share').href"))
    other.wait(COMPLETE)
    assert other.texts("#log li") == page.texts("#log li")
    assert other.text("#insights") == page.text("#insights")
    assert not other.ask("document.querySelector('#choose').checkVisibility()")
    assert not other.ask("document.querySelector('#retry').checkVisibility()")
    assert other.errors() == []
    other.close()


def test_back_leads_to_the_choice_and_forward_to_the_interview(page: Page, web: Web) -> None:
    begin(page, web)
    page.wait(COMPLETE)
    page.ask("history.back()")
    page.wait("document.querySelector('#choose').checkVisibility()")
    assert not page.ask("document.querySelector('#insights').checkVisibility()")
    page.ask("history.forward()")
    page.wait(COMPLETE)


def test_who_began_it_may_stop_it(page: Page, web: Web, browser: Browser) -> None:
    begin(page, web)
    page.wait("document.querySelector('#stop').checkVisibility()")
    page.click("#stop")
    page.wait("document.querySelector('#state').innerText.includes('has stopped it')")
    other = browser.open()
    other.go(page.ask("location.href"))
    other.wait("document.querySelector('#state').innerText.includes('has stopped it')")
    assert not other.ask("document.querySelector('#stop').checkVisibility()")
    assert other.errors() == []
    other.close()
