"""Real web and worker processes with the offline coach, and a tab for each test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests import nursery
from tests.gunicorn import Web
from tests.pages.browser import Browser, Page
from tests.pages.network import Network

OFFLINE = {
    "LLM_MODELS": "offline:coach", "OPENAI_API_KEY": "", "ANTHROPIC_API_KEY": "", "TTS_MODEL": "espeak",
    "STT_MODEL": "pocketsphinx", "INTERVIEW_DELAY": "0.2",
}  # fmt: skip


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    running = Browser()
    yield running
    running.close()


@pytest.fixture(scope="package")
def web(environ: dict[str, str], app: Flask, browser: Browser) -> Iterator[Web]:
    running = Web(environ | OFFLINE)
    worker = nursery.start_worker(running.environ)
    running.await_ready()
    yield running
    worker.terminate()
    running.stop()
    worker.wait(30)


@pytest.fixture
def page(web: Web, browser: Browser, clean: None) -> Iterator[Page]:
    """Whatever a test does with it: nothing in red, and nobody else is asked for anything."""
    tab = browser.open()
    yield tab
    assert tab.errors() == []
    assert tab.hosts() == {web.url.removeprefix("http://")}
    tab.close()


@pytest.fixture
def network(here: Web) -> Iterator[Network]:
    running = Network(here.port)
    yield running
    running.stop()
