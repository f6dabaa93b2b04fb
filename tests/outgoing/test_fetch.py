"""Reading a page: the checked address and no other, few redirects, little time, few bytes, text only."""

import gzip
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from app.outgoing.fetch import LIMIT, FetchFailed, FetchRefused, FetchTimedOut, fetch
from tests import guard
from tests.outgoing.site import Raw, Site

ROOT = Path(__file__).parents[2]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_a_page_comes_with_what_its_headers_say(site: Site) -> None:
    site.page("/a?b=1", "grüße", 201, Content_Type='Text/HTML; charset="UTF-8"')
    page = fetch(site.url + "/a?b=1#part", site.allow)
    assert (page.url, page.status, page.content_type, page.charset) == (site.url + "/a?b=1", 201, "text/html", "utf-8")
    assert page.body == "grüße".encode()


def test_the_request_says_who_asks_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.page("/", "hello", Set_Cookie="a=1")
    for _ in range(2):
        fetch(site.url, site.allow)
    headers = {name.lower(): value for name, value in site.asked[1].headers.items()}
    assert headers["user-agent"] == "CoachhouseBot/1.0"
    assert headers["host"] == site.host
    assert not headers.keys() & {"cookie", "authorization", "referer"}


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    with Site() as inside, pytest.raises(guard.Forbidden, match=r"93\.184\.216\.34"):
        fetch(f"http://rebound.test:{inside.port}/", frozenset(), resolve=lambda _: answers.pop(0))
    assert answers == [["127.0.0.1"]]


def test_the_name_is_sent_to_the_resolved_address() -> None:
    with Site("127.0.0.2") as site:
        site.page("/", "hello")
        named = f"name.test:{site.port}"
        page = fetch(f"http://{named}/", frozenset({named}), resolve=lambda _: ["127.0.0.3", "127.0.0.2"])
        assert (page.body, site.asked[0].headers["Host"]) == (b"hello", named)


def test_a_name_is_checked_again_at_each_redirect(site: Site) -> None:
    """It was public at the first hop; the second must not trust that."""
    site.redirect("/", f"http://rebound.test:{site.port}/inside")
    with pytest.raises(FetchRefused):
        fetch(site.url, site.allow, resolve=lambda _: ["127.0.0.1"])
    assert site.paths == ["/"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_to_private_addresses_are_refused(site: Site, status: int) -> None:
    with Site() as inside:
        site.redirect("/", inside.url, status)
        with pytest.raises(FetchRefused):
            fetch(site.url, site.allow)
        assert not inside.asked


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://x.test/", "http://a@b.test/", "http://[::1/", "//"])
def test_redirects_to_elsewhere_than_the_web_are_refused(site: Site, location: str) -> None:
    site.redirect("/", location)
    with pytest.raises(FetchRefused):
        fetch(site.url, site.allow)


def test_five_redirects_pass_and_a_sixth_does_not(site: Site) -> None:
    for step in range(6):
        site.redirect(f"/{step}", f"/{step + 1}" if step % 2 else f"{site.url}/{step + 1}")
    site.page("/6", "hello")
    assert fetch(site.url + "/1", site.allow).url == site.url + "/6"
    with pytest.raises(FetchRefused):
        fetch(site.url + "/0", site.allow)


def test_redirects_may_name_places_in_utf8(site: Site) -> None:
    site.redirect("/", "/caf\u00e9".encode().decode("latin-1"))
    site.page("/caf%C3%A9", "hello")
    assert fetch(site.url, site.allow).body == b"hello"


@pytest.mark.parametrize(("encoding", "packed"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_compressed_pages_are_read(site: Site, encoding: str, packed: object) -> None:
    site.page("/", packed(b"hello" * 1000), Content_Encoding=encoding)  # type: ignore[operator]
    assert fetch(site.url, site.allow).body == b"hello" * 1000


def test_a_page_may_have_two_mebibytes_and_no_more(site: Site) -> None:
    site.page("/most", b"x" * LIMIT)
    site.page("/more", b"x" * (LIMIT + 1))
    assert len(fetch(site.url + "/most", site.allow).body) == LIMIT
    with pytest.raises(FetchFailed):
        fetch(site.url + "/more", site.allow)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "br"])
def test_bombs_are_refused(site: Site, encoding: str) -> None:
    packed = zlib.compress if encoding == "deflate" else gzip.compress
    bomb = packed(b"\0" * 50_000_000)
    site.page("/", gzip.compress(bomb) if "," in encoding else bomb, Content_Encoding=encoding)
    with pytest.raises(FetchFailed) as failed:
        fetch(site.url, site.allow)
    assert not isinstance(failed.value, FetchTimedOut)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"GIF89a", "image/gif"),
        (b"{}", "application/json"),
        (bytes(range(256)) * 9, "text/html"),
    ],
)
def test_what_is_not_text_is_refused(site: Site, body: bytes, kind: str) -> None:
    site.page("/", body, Content_Type=kind)
    with pytest.raises(FetchFailed) as failed:
        fetch(site.url, site.allow)
    assert (failed.value.status, failed.value.code) == (502, "WEBSITE_UNREACHABLE")


def forever(data: bytes, before: bytes = b"", gap: float = 0) -> Iterator[bytes]:
    yield before
    while True:
        time.sleep(gap)
        yield data


@pytest.mark.parametrize(
    ("data", "before"),
    [
        (b"x" * 65536, HEAD + b"\r\n"),
        (b"10000\r\n" + b"x" * 65536 + b"\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, b""),
        (b"X-More: " + b"x" * 60000 + b"\r\n", HEAD),
        (b"x" * 65536, b""),
        (b"\0\0\0\xff\xff" * 10000, HEAD + b"Content-Encoding: deflate\r\n\r\n\x78\x9c"),
    ],
    ids=["body", "chunks", "continue", "headers", "status line", "empty blocks"],
)
def test_what_never_ends_is_given_up(data: bytes, before: bytes) -> None:
    with Raw(lambda: forever(data, before)) as raw, pytest.raises(FetchFailed):
        fetch(f"http://{raw.host}/", raw.allow)


@pytest.mark.parametrize(
    ("scheme", "data", "before"),
    [
        ("http", b"", b""),
        ("http", b"X", b"HTTP/1.1 200 OK\r\nX-"),
        ("http", b"x", HEAD + b"Content-Length: 9999\r\n\r\n"),
        ("http", b"1\r\nx\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
        ("http", b"HTTP/1.1 100 Continue\r\n\r\n", b""),
        ("https", b"x", b"\x16\x03\x03\x40\x00"),
    ],
    ids=["silence", "headers", "body", "chunks", "continue", "handshake"],
)
def test_the_deadline_holds_for_those_who_trickle(scheme: str, data: bytes, before: bytes) -> None:
    trickling = Raw(lambda: forever(data, before, gap=0.02))
    with trickling as raw, pytest.raises(FetchTimedOut) as late, gevent.Timeout(60):
        fetch(f"{scheme}://{raw.host}/", raw.allow, seconds=0.2)
    assert (late.value.status, late.value.code) == (504, "WEBSITE_UNREACHABLE")


def test_what_comes_with_a_redirect_is_not_read(site: Site) -> None:
    site.page("/", "hello")
    moved = f"HTTP/1.1 302 Found\r\nLocation: {site.url}/\r\n\r\n".encode()
    with Raw(lambda: forever(b"x" * 65536, moved)) as raw:
        assert fetch(f"http://{raw.host}/", raw.allow | site.allow).body == b"hello"


CALLER = """
import sys
from app.outgoing.fetch import FetchFailed, fetch
try:
    print(len(fetch(sys.argv[1], frozenset({sys.argv[2]}), seconds=float(sys.argv[3])).body))
except FetchFailed as error:
    print(type(error).__name__)
"""


def test_without_gevent_it_is_the_same(site: Site) -> None:
    def printed(url: str, host: str, seconds: str) -> str:
        command = [sys.executable, "-c", CALLER, url, host, seconds]
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()

    site.page("/", "x" * LIMIT)
    assert printed(site.url, site.host, "60") == str(LIMIT)
    with Raw(lambda: forever(b"x", b"\x16\x03\x03\x40\x00", gap=0.02)) as raw:
        assert [printed(f"{scheme}://{raw.host}/", raw.host, "0.3") for scheme in ("http", "https")] == [
            "FetchTimedOut"
        ] * 2


def test_the_deadline_holds_for_the_resolver() -> None:
    def resolve(_: str) -> list[str]:
        time.sleep(1)
        return ["93.184.216.34"]

    with pytest.raises(FetchTimedOut):
        fetch("http://slow.test/", frozenset(), seconds=0.1, resolve=resolve)


def test_others_run_while_a_page_floods_in() -> None:
    seen: list[int] = []
    with Raw(lambda: forever(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)) as raw:
        other = gevent.spawn(lambda: [(seen.append(turn), gevent.sleep(0)) for turn in range(20)])
        with pytest.raises(FetchFailed):
            fetch(f"http://{raw.host}/", raw.allow)
        assert len(seen) == 20
        other.join()


@pytest.mark.parametrize(
    "said",
    [b"", b"hello\r\n\r\n",
     HEAD + b"Content-Length: 10\r\n\r\nshort", HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
     HEAD + b"Content-Encoding: gzip\r\n\r\nnot gzip", HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"],
)  # fmt: skip
def test_broken_answers_are_failures(said: bytes) -> None:
    with Raw(lambda: iter([said])) as raw, pytest.raises(FetchFailed) as failed:
        fetch(f"http://{raw.host}/", raw.allow)
    assert failed.value.status == 502


def test_nobody_there_is_a_failure(site: Site) -> None:
    with pytest.raises(FetchFailed):
        fetch("http://127.0.0.1:1/", frozenset({"127.0.0.1:1"}))
