"""Files of journal entries: kept once, told by their bytes, gone with their entry, nobody else's."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.attachments import jobs
from app.auth.tokens import personal_tenant
from tests.attachments.conftest import FILES, counted, of_entry, opened, pdf, picture, send, sent
from tests.chat.conftest import write
from tests.conftest import Caller, sign_in


def test_a_photo_is_kept_with_its_entry(owner: Caller) -> None:
    entry, data = write(owner), picture()
    made = sent(owner, data, "river.jpg", of_entry(entry))
    assert (made["name"], made["type"], made["size"]) == ("river.jpg", "image/jpeg", len(data))
    listed = owner.get(of_entry(entry)).json["attachments"]
    assert [(one["id"], one["entry_id"]) for one in listed] == [(made["id"], entry["id"])]
    assert opened(owner, made).data == data


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (picture(form="PNG"), "a.html", "image/png"),
        (pdf("Hello"), "a.png", "application/pdf"),
        (b"Plain words, \xc3\xbcber alles", "a.exe", "text/plain"),
        ("Grüße".encode("utf-16"), "a", "text/plain"),
        (b"<!DOCTYPE html><p>hi", "a.jpg", "text/html"),
        (b"<svg onload='x()'>", "a.png", "image/svg+xml"),
        (b"\x00\x01\x02\x03", "a.txt", "application/octet-stream"),
        (b"PK\x03\x04....", "a.docx", "application/zip"),
        (b"\x00\x00\x00\x18ftypheic....", "IMG_1.HEIC", "image/heic"),
        (b"\x00\x00\x00\x18ftypmp42....", "a.mp4", "video/mp4"),
    ],
)
def test_its_bytes_say_what_it_is(owner: Caller, data: bytes, name: str, kind: str) -> None:
    assert sent(owner, data, name)["type"] == kind


def test_the_same_bytes_are_there_once(owner: Caller) -> None:
    first, second = write(owner), write(owner)
    made = [sent(owner, picture(), "a.jpg", of_entry(entry)) for entry in (first, second, first)]
    assert made[0]["id"] == made[2]["id"] != made[1]["id"]
    assert (counted("attachments"), counted("blobs")) == (2, 1)
    owner.delete(f"{FILES}/{made[0]['id']}")
    assert opened(owner, made[1]).status_code == 200
    owner.delete(f"{FILES}/{made[1]['id']}")
    assert (counted("blobs"), counted("blob_pieces")) == (0, 0)


def test_they_go_with_their_entry(app: Flask, owner: Caller) -> None:
    entry = write(owner)
    made = sent(owner, picture(), "a.jpg", of_entry(entry))
    owner.delete(f"/api/v1/journal/{entry['id']}")
    assert (opened(owner, made).status_code, owner.client.get(made["url"]).status_code) == (404, 404)
    with app.app_context():
        jobs.collect()
    assert (counted("blobs"), counted("blob_pieces")) == (0, 0)


def test_nobody_else_has_them(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    entry, data = write(owner), picture()
    made = sent(owner, data, "a.jpg", of_entry(entry))
    for caller in (teammate, stranger):
        assert caller.get(of_entry(entry)).status_code == 404
        assert send(caller, data, "b.jpg", of_entry(entry)).status_code == 404
        for answer in (opened(caller, made), caller.delete(f"{FILES}/{made['id']}")):
            assert (answer.status_code, answer.json["message"]) == (404, "Attachment not found")
        assert caller.get(FILES).json["attachments"] == []


def test_equal_bytes_of_two_people_have_nothing_in_common(owner: Caller, teammate: Caller) -> None:
    mine, theirs = (sent(caller, "The same words") for caller in (owner, teammate))
    assert counted("blobs") == 2
    owner.delete(f"{FILES}/{mine['id']}")
    assert opened(teammate, theirs).data == b"The same words"


def test_a_person_has_room_for_so_much(make_app: Callable[..., Flask], clean: None) -> None:
    small = sign_in(make_app(MEDIA_QUOTA="1000"), "olivia", "acme")
    first = sent(small, b"a" * 600)
    assert sent(small, b"a" * 600, "again.txt")["size"] == 600
    refused = send(small, b"b" * 600)
    assert (refused.status_code, refused.json["statusCode"]) == (413, 413)
    assert "1000 bytes" in refused.json["message"]
    small.delete(f"{FILES}/{first['id']}")
    assert send(small, b"b" * 300).status_code == 201


def test_a_file_may_have_so_much(make_app: Callable[..., Flask], clean: None) -> None:
    small = sign_in(make_app(MEDIA_MAX="100000"), "olivia", "acme")
    assert send(small, b"a" * 100_000).status_code == 201
    assert send(small, b"a" * 100_001).status_code == 413
    assert send(small, b"a" * 900_000).status_code == 413


def test_what_is_no_form_with_a_file_is_refused(owner: Caller) -> None:
    for body in ({"data": b"x", "content_type": "text/plain"}, {"json": {"file": "x"}}, {"data": {"file": "text"}}):
        assert owner.post(FILES, **body).status_code == 400
    assert send(owner, b"").status_code == 400
    assert counted("attachments") == 0


def test_names_are_the_last_part_of_what_they_say(owner: Caller) -> None:
    given = {"../../etc/passwd": "passwd", "x\u202egpj.exe": "xgpj.exe", "Fluß.txt": "Fluß.txt"}
    assert {name: sent(owner, name, name)["name"] for name in given} == given
    assert "filename=passwd" in opened(owner, owner.get(FILES).json["attachments"][-1]).headers["Content-Disposition"]


def test_all_of_mine_are_listed_newest_first(app: Flask, clean: None) -> None:
    solo = sign_in(app, "pat", personal_tenant("pat"))
    made = [sent(solo, f"Number {number}") for number in range(3)]
    page = solo.get(f"{FILES}?limit=2").json
    assert [one["id"] for one in page["attachments"]] == [made[2]["id"], made[1]["id"]]
    rest = solo.get(f"{FILES}?limit=2&cursor={page['nextCursor']}").json
    assert ([one["id"] for one in rest["attachments"]], rest["hasMore"]) == ([made[0]["id"]], False)


def test_there_is_a_rate(make_app: Callable[..., Flask], clean: None) -> None:
    hurried = sign_in(make_app(RATE_LIMIT_UPLOADS="1 per hour"), "olivia", "acme")
    assert [send(hurried, "a").status_code, send(hurried, "b").status_code] == [201, 429]
