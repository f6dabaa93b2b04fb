"""One page taken apart, however it was written."""

import json
import random
from typing import Any

import pytest

from app.outgoing.fetch import Page
from app.outgoing.website.page import Content, read

ABOUT = "Acme builds scales for bakeries, and has done so since 1911 in the same small town by the river."


def page(markup: str | bytes, content_type: str = "text/html", charset: str = "utf-8") -> Content:
    body = markup.encode() if isinstance(markup, str) else markup
    return read(Page("https://acme.test/home/", 200, content_type, charset, body))


def article(body: str) -> str:
    return (
        f"<html><body><nav>Menu of things</nav><main><h1>Scales</h1>{body}</main><footer>Imprint</footer></body></html>"
    )


def test_title_and_description_are_found() -> None:
    found = page("<title> Acme\n &amp; Sons </title><meta NAME=Description content='Fine  scales'>")
    assert (found.title, found.description) == ("Acme & Sons", "Fine scales")


def test_open_graph_stands_in_for_both() -> None:
    found = page("<meta property=og:title content=Acme><meta property=og:description content=Scales>")
    assert (found.title, found.description) == ("Acme", "Scales")
    assert found.open_graph == {"title": "Acme", "description": "Scales"}


def test_the_main_text_is_without_menus() -> None:
    found = page(article(f"<p>{ABOUT}</p>" * 3 + "<script>var a = 'code';</script>"))
    assert ABOUT in found.text
    assert not any(word in found.text for word in ("Menu of things", "Imprint", "code"))


def test_little_text_is_taken_as_it_stands() -> None:
    assert "Call us" in page("<body><div>Call us</div><script>code()</script>").text
    assert "code" not in page("<body><div>Call us</div><script>code()</script>").text


def test_plain_text_is_a_page_too() -> None:
    assert page("Acme <b>\n\n  scales ", "text/plain").text == "Acme <b>\nscales"


def test_links_are_absolute_and_named_once() -> None:
    found = page("<a href=about#team>About <b>us</b></a><a href='/home/about'>Again</a><a href=mailto:x@y.z>Mail</a>")
    assert found.links == [{"url": "https://acme.test/home/about", "text": "About us"}]


def test_links_follow_the_base_of_the_page() -> None:
    assert page("<base href=/en/><a href=about>About</a>").links[0]["url"] == "https://acme.test/en/about"


@pytest.mark.parametrize(
    ("script", "kept"),
    [
        ('{"@type": "Organization", "name": "Acme"}', [{"@type": "Organization", "name": "Acme"}]),
        ('[{"name": "a"}, {"name": "b"}, 3]', [{"name": "a"}, {"name": "b"}]),
        ('{"@graph": [{"name": "a"}]}', [{"name": "a"}]),
        ('{"n": 1e999, "m": NaN, "s": "\\ud800\\u0000x"}', [{"n": None, "m": None, "s": "x"}]),
        ('{"n": 123456789012345678901234567890, "m": -7}', [{"n": None, "m": -7}]),
        ('{"broken": ', []),
        ("[" * 100_000, []),
        ('{"long": "' + "x" * 300_000 + '"}', []),
        ("9" * 5000, []),
    ],
)
def test_declared_objects_are_kept_within_bounds(script: str, kept: list[Any]) -> None:
    assert page(f'<script type="application/ld+json">{script}</script>').structured == kept


def test_many_declared_objects_are_kept_within_bounds() -> None:
    script = json.dumps([{"a": [{"b": "x" * 50}] * 60}] * 50)
    assert len(json.dumps(page(f"<script type='application/ld+json'>{script}</script>").structured)) < 25_000


@pytest.mark.parametrize(
    ("codec", "header", "declared"),
    [
        ("utf-8", "", ""), ("utf-8", "utf-8", ""), ("cp1252", "", ""), ("cp1252", "iso-8859-1", ""),
        ("shift_jis", "", "Shift_JIS"), ("shift_jis", "shift_jis", "utf-8"), ("utf-16", "utf-8", ""),
        ("utf-8-sig", "latin-1", ""), ("utf-8", "nonsense", "also-nonsense"), ("utf-8", "punycode", ""),
        ("utf-8", "rot13", ""), ("utf-8", "zlib", ""), ("utf-8", "idna", "undefined"),
        ("utf-8", "../x", "unicode_escape"),
    ],
)  # fmt: skip
def test_charsets_are_told_apart(codec: str, header: str, declared: str) -> None:
    title = "日本のはかり" if codec == "shift_jis" else "Grüße"
    markup = f"<meta charset={declared}><title>{title}</title>".encode(codec)
    assert page(markup, charset=header).title == title


@pytest.mark.parametrize(
    "junk",
    ["", "<", "\0" * 1000, "<!--" * 1000, "&#x" * 1000, "&#xd800;&#0;", "<a href='http://[::1'>x</a><base href='//['>",
     "<meta><meta content><meta name><a href>", "<p " + "a=1 " * 5000 + ">hello", "<div>" * 300 + "deep",
     "<table>" * 200 + "<p>x", "<title>" * 1000, "<svg><title>no</title></svg>", "<frameset><frame>", "<?xml ?><x/>",
     '<?xml version="1.0" encoding="utf-16"?><html><body><p>x', "\ud7ff\ue000\uffff" * 50],
)  # fmt: skip
def test_junk_is_a_page_with_little_in_it(junk: str) -> None:
    for charset in ("utf-8", "utf-16", "gb18030", ""):
        found = page(junk, charset=charset)
        json.dumps(found.text + found.title).encode()
        assert "\0" not in found.text + found.title


def test_noise_is_a_page_with_little_in_it() -> None:
    noise = random.Random(1)
    for _ in range(30):
        body = noise.randbytes(2000) + b"".join(
            noise.choices([b"<p>", b"</b>", b"<a href=", b"'", b">", b"<table>"], k=200)
        )
        page(body, charset=noise.choice(["", "utf-8", "utf-16", "big5", "iso2022_jp"])).text.encode()
