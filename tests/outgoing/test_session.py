"""Hosts that the operator has named: kept connections, one deadline, bounded answers, nothing remembered."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from gevent.pywsgi import WSGIServer

from app.outgoing import session
from app.outgoing.session import Answer, AnswerTooLarge, Client
from tests.outgoing.site import Raw, Site
from tests.outgoing.test_fetch import forever
from tests.outgoing.test_tls import certificate

HEAD = b"HTTP/1.1 200 OK\r\n"


def get(url: str, client: Client | None = None, *, seconds: float = 10, max_size: int = 1000) -> Answer:
    return (client or Client()).send(requests.Request("GET", url), seconds=seconds, max_size=max_size)


@pytest.fixture
def ports() -> Iterator[tuple[str, list[str]]]:
    """A server that keeps connections: its address, and the client's port of each request."""
    seen: list[str] = []

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ["REMOTE_PORT"])
        start_response("200 OK", [("Content-Length", "5")])
        return [b"hello"]

    server = WSGIServer(("127.0.0.1", 0), application, log=None)
    server.start()
    yield f"http://127.0.0.1:{server.server_port}/", seen
    server.stop(timeout=0)


def test_an_answer_is_status_headers_and_body(site: Site) -> None:
    site.page("/a", "hello", 418, X_More="yes")
    answer = get(site.url + "/a")
    assert (answer.status, answer.headers["x-more"], answer.body) == (418, "yes", b"hello")


def test_a_connection_is_used_again(ports: tuple[str, list[str]]) -> None:
    url, seen = ports
    client = Client()
    assert [get(url, client).body for _ in range(3)] == [b"hello"] * 3
    assert len(set(seen)) == 1


@pytest.mark.parametrize(
    ("data", "before"),
    [(b"", b""), (b"X", HEAD + b"X-"), (b"x", HEAD + b"\r\n"), (b"HTTP/1.1 100 Continue\r\n\r\n", b"")],
    ids=["silence", "headers", "body", "continue"],
)
def test_the_deadline_holds_for_those_who_trickle(data: bytes, before: bytes) -> None:
    with Raw(lambda: forever(data, before, gap=0.02)) as raw, pytest.raises(requests.Timeout):
        get(f"http://{raw.host}/", seconds=0.2, max_size=10_000_000)


def test_an_answer_may_have_its_size_and_no_more(site: Site) -> None:
    site.page("/most", b"x" * 1000)
    site.page("/more", b"x" * 1001)
    assert len(get(site.url + "/most").body) == 1000
    with pytest.raises(AnswerTooLarge):
        get(site.url + "/more")


def test_redirects_are_answers(site: Site) -> None:
    site.redirect("/", "/elsewhere")
    assert get(site.url + "/").status == 302
    assert site.paths == ["/"]


def test_cookies_are_not_sent_back_and_proxies_not_asked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.page("/", "hello", Set_Cookie="a=1")
    client = Client()
    for _ in range(2):
        get(site.url + "/", client)
    assert "Cookie" not in site.asked[1].headers


def test_a_client_may_use_the_environments_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", site.url)
    monkeypatch.setenv("NO_PROXY", "")
    get("http://keys.test/set", Client(from_environment=True))
    assert site.paths == ["http://keys.test/set"]


def test_the_systems_certificates_are_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate("localhost", tmp_path / "site.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Site(tls=context) as site:
        site.page("/", "hello")
        with pytest.raises(requests.exceptions.SSLError):
            get(f"https://localhost:{site.port}/")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        session.trust.cache_clear()
        assert get(f"https://localhost:{site.port}/").body == b"hello"
        with pytest.raises(requests.exceptions.SSLError):
            get(f"https://127.0.0.1:{site.port}/")
    session.trust.cache_clear()


def test_nobody_there_is_a_connection_error() -> None:
    with pytest.raises(requests.ConnectionError):
        get("http://127.0.0.1:1/")
