"""How files come out: to their owner or by a link, in ranges, and so that no browser runs anything of them."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.db.pieces import PIECE
from tests.attachments.conftest import FILES, opened, pdf, picture, sent
from tests.conftest import Caller, sign_in

BIG = bytes(range(251)) * (2 * PIECE // 251 + 40)


def test_a_link_needs_no_token_and_ends(owner: Caller) -> None:
    made = sent(owner, picture(), "a.jpg")
    assert owner.client.get(made["url"]).data == picture()
    assert owner.client.get(made["thumbnail_url"]).mimetype == "image/webp"
    until = int(parse_qs(urlsplit(made["url"]).query)["expires"][0])
    assert 3600 <= until - time.time() <= 4500


def test_a_link_opens_that_one_file_alone(owner: Caller, stranger: Caller) -> None:
    mine, theirs = sent(owner, "Mine"), sent(stranger, "Theirs")
    query = urlsplit(theirs["url"]).query
    for forged in (
        f"{FILES}/{mine['id']}?{query}", mine["url"].replace("expires=", "expires=9"), f"{mine['url']}0",
        f"{FILES}/{mine['id']}?expires=9999999999&signature=x", f"{FILES}/none?{query}",
    ):  # fmt: skip
        assert stranger.get(forged).status_code == 404
    assert owner.client.get(f"{FILES}/{mine['id']}").status_code == 401


def test_a_link_is_the_same_for_a_while(owner: Caller) -> None:
    sent(owner, "Mine")
    first, second = (owner.get(FILES).json["attachments"][0]["url"] for _ in range(2))
    assert first == second or urlsplit(first).path == urlsplit(second).path


@pytest.mark.parametrize(
    ("data", "disposition"),
    [
        (picture(), "inline"), ("Words", "inline"), (pdf("x"), "attachment"), ("<svg onload='x()'>", "attachment"),
        ("<html><script>x()</script>", "attachment"), (b"\x00\x01", "attachment"),
    ],
)  # fmt: skip
def test_nothing_of_it_runs_in_a_browser(owner: Caller, data: bytes | str, disposition: str) -> None:
    headers = opened(owner, sent(owner, data, "Flußlauf.html")).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert (
        headers["Content-Disposition"].startswith(f"{disposition};")
        and "Flu%C3%9Flauf" in headers["Content-Disposition"]
    )
    assert headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [("0-9", 0, 10), (f"{PIECE - 5}-{PIECE + 4}", PIECE - 5, PIECE + 5), ("-7", len(BIG) - 7, len(BIG))],
)
def test_a_part_of_it_comes_alone(owner: Caller, asked: str, begin: int, end: int) -> None:
    made = sent(owner, BIG, "a.bin")
    answer = opened(owner, made, headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.data) == (206, BIG[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(BIG)}"
    assert opened(owner, made, headers={"Range": f"bytes={len(BIG)}-"}).status_code == 416


def test_what_a_browser_has_is_not_sent_again(owner: Caller) -> None:
    made = sent(owner, picture(), "a.jpg")
    tag = opened(owner, made).headers["ETag"]
    assert opened(owner, made, headers={"If-None-Match": tag}).status_code == 304


def test_links_end_with_the_secret(owner: Caller, make_app: Callable[..., Flask]) -> None:
    made = sent(owner, "Mine")
    elsewhere = sign_in(make_app(AUTH_JWT_SECRET="another secret of the suite, as long as needed"), "", "")
    assert elsewhere.client.get(made["url"]).status_code == 404
