"""Editor.js documents that models write."""

import json
from typing import Any

import pytest

from app.realtime.live.editorjs import plain, safe_document, safe_html, text_of

SCRIPT, SHOWN = "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (SCRIPT, SHOWN), ("a < b & c > d", "a &lt; b &amp; c &gt; d"), ("Ana's \"day\"", "Ana's \"day\""),
        ("<b>bold</b> <i>it</i><br/>", "<b>bold</b> <i>it</i><br>"), ("<B onclick=x()>x</B>", "<b>x</b>"),
        ("Q&amp;A &lt;b&gt;", "Q&amp;A &lt;b&gt;"), ("<b>open", "<b>open</b>"), ("<b><i>x</b></i>", "<b><i>x</i></b>"),
        ('<mark class="cdx-marker">m</mark>', '<mark class="cdx-marker">m</mark>'),
        ('<a href="https://a.example/?a=1&b=2">go</a>', '<a href="https://a.example/?a=1&amp;b=2">go</a>'),
        ('<a href="javascript:alert(1)">go</a>', "go"), ("<a href=' java\nscript:x'>go</a>", "go"),
        ('<a href="&#106;avascript:x">go</a>', "go"), ("<a>go</a>", "go"), ("</b>x", "x"), ("x<y", "x&lt;y"),
        ("<svg/onload=alert(1)>", "&lt;svg/onload=alert(1)&gt;"), ("<bx>", "&lt;bx&gt;"),
        ("<!-- x -->", "&lt;!-- x --&gt;"),
        ('<iframe src="//x"></iframe>', '&lt;iframe src="//x"&gt;&lt;/iframe&gt;'), ("<b", "&lt;b"), ("", ""),
    ],
)  # fmt: skip
def test_inline_marks_stay_and_all_else_is_text(text: str, safe: str) -> None:
    assert safe_html(text) == safe and safe_html(safe) == safe


BLOCKS: list[Any] = [
    {"type": "header", "data": {"text": SCRIPT, "level": 2}}, {"type": "paragraph", "data": {"text": SCRIPT}},
    {"type": "list", "data": {"style": "ordered", "items": [SCRIPT, "ok"]}},
    {"type": "list", "data": {"style": "checklist", "items": [{"content": SCRIPT, "items": [{"content": SCRIPT}]}]}},
    {"type": "checklist", "data": {"items": [{"text": SCRIPT, "checked": True}]}},
    {"type": "quote", "data": {"text": SCRIPT, "caption": SCRIPT}}, {"type": "code", "data": {"code": SCRIPT}},
    {"type": "table", "data": {"withHeadings": True, "content": [[SCRIPT, "x"], ["y", SCRIPT]]}},
    {"type": "warning", "data": {"title": SCRIPT, "message": SCRIPT}}, {"type": "raw", "data": {"html": SCRIPT}},
    {"type": "image", "data": {"file": {"url": "javascript:alert(1)"}, "caption": SCRIPT}},
    {"type": "linkTool", "data": {"link": "data:text/html,<script>", "meta": {"title": SCRIPT}}},
    {"type": "embed", "data": {"embed": "JAVASCRIPT:x", "source": "vbscript:x", "caption": SCRIPT}},
    {"type": "columns", "data": {"cols": [{"blocks": [{"type": "paragraph", "data": {"text": SCRIPT}}]}]}},
    {"type": SCRIPT, "id": SCRIPT, "tunes": {"note": SCRIPT}, "data": {"text": "x"}},
]  # fmt: skip


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["type"])
def test_every_text_of_every_block_is_safe(block: Any) -> None:
    written = json.dumps(safe_document({"blocks": [block], "version": SCRIPT}))
    assert "<" not in written and "script:" not in written.lower() and "data:text" not in written
    assert written.count(SHOWN) >= json.dumps(block).count(SCRIPT) - (block["type"] == SCRIPT)


def test_an_honest_document_stays_as_it_is() -> None:
    image = {"type": "image", "data": {"file": {"url": "https://a.example/i.png?a=1&b=2"}, "stretched": False}}
    document = {"time": 1, "version": "2.31.0", "blocks": [image, {"type": "delimiter", "data": {}}]}
    assert safe_document(document) == document


def test_what_can_be_read() -> None:
    assert text_of(BLOCKS[5]["data"]) == "alert(1) alert(1)" and text_of({"items": [["<b>a</b>", "b"]]}) == "a b"
    assert (plain("<b>Q&amp;A</b><br>now"), plain("a < b > c")) == ("Q&A now", "a < b > c")
