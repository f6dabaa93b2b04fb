"""Bytes in a bucket, over the wire of S3."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.attachments import jobs
from app.db.session import db as database
from tests.attachments.conftest import FILES, counted, of_entry, opened, picture, send, sent
from tests.chat.conftest import write
from tests.conftest import Caller, sign_in
from tests.double import s3
from tests.double.s3 import Bucket


@pytest.fixture(scope="module")
def running() -> Iterator[Bucket]:
    with s3.running() as bucket:
        yield bucket


@pytest.fixture
def bucket(running: Bucket) -> Bucket:
    running.objects.clear()
    running.is_away = False
    return running


@pytest.fixture(scope="module")
def with_bucket(make_app: Any, app: Flask, running: Bucket) -> Flask:
    made: Flask = make_app(MEDIA_URL=running.url, AWS_ACCESS_KEY_ID=s3.KEY, AWS_SECRET_ACCESS_KEY=s3.SECRET)
    return made


@pytest.fixture
def olivia(with_bucket: Flask, clean: None) -> Caller:
    return sign_in(with_bucket, "olivia", "acme")


def sweep(app: Flask) -> None:
    with app.app_context():
        jobs.collect()
        jobs.remove_objects()


def test_a_file_goes_into_the_bucket_and_comes_out_of_it(olivia: Caller, bucket: Bucket) -> None:
    data = bytes(range(256)) * 5000
    made = sent(olivia, data, "a.bin")
    assert ([*bucket.objects.values()], counted("blob_pieces"), counted("blob_removals")) == ([data], 0, 0)
    assert all(name.startswith("house/blob_") for name in bucket.objects)
    assert opened(olivia, made).data == data
    part = opened(olivia, made, headers={"Range": "bytes=1000000-1000009"})
    assert (part.status_code, part.data) == (206, data[1_000_000:1_000_010])
    assert olivia.get(f"{FILES}/{sent(olivia, picture(), 'a.jpg')['id']}/thumbnail").status_code == 200


def test_the_same_bytes_are_put_once(olivia: Caller, bucket: Bucket) -> None:
    made = [sent(olivia, "Same", name) for name in ("a.txt", "b.txt")]
    assert len(bucket.objects) == 1 and opened(olivia, made[1]).data == b"Same"


@pytest.mark.parametrize("by", ["attachment", "entry", "row"])
def test_it_goes_with_the_last_that_has_it(with_bucket: Flask, olivia: Caller, bucket: Bucket, by: str) -> None:
    entry = write(olivia)
    made = sent(olivia, "Gone", "a.txt", of_entry(entry))
    if by == "row":
        with database.begin() as session:
            session.execute(text("DELETE FROM blobs"))
    else:
        olivia.delete(f"/api/v1/journal/{entry['id']}" if by == "entry" else f"{FILES}/{made['id']}")
    sweep(with_bucket)
    assert (bucket.objects, counted("blobs"), counted("blob_removals")) == ({}, 0, 0)


def test_while_it_is_away_nothing_is_half_there(with_bucket: Flask, olivia: Caller, bucket: Bucket) -> None:
    kept = sent(olivia, "Kept")
    bucket.is_away = True
    for answer in (send(olivia, "New"), opened(olivia, kept)):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    olivia.delete(f"{FILES}/{kept['id']}")
    sweep(with_bucket)
    assert (counted("attachments"), counted("blob_removals"), len(bucket.objects)) == (0, 2, 1)
    bucket.is_away = False
    sweep(with_bucket)
    assert (counted("blob_removals"), bucket.objects) == (1, {})


def test_an_object_that_no_row_came_to_have_goes(with_bucket: Flask, olivia: Caller, bucket: Bucket) -> None:
    bucket.objects["house/blob_lost"] = b"put, and then killed"
    with database.begin() as session:
        session.execute(text("INSERT INTO blob_removals VALUES ('blob_lost', now() - interval '1 second')"))
    sweep(with_bucket)
    assert bucket.objects == {}


def test_what_lies_in_the_database_stays_there(owner: Caller, olivia: Caller, bucket: Bucket) -> None:
    made = sent(owner, "From before")
    assert opened(olivia, made).data == b"From before" and bucket.objects == {}
    assert sent(olivia, "From before", "again.txt")["size"] == 11 and bucket.objects == {}
