"""What Redis writes down of what it was told goes with an erasure too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask import Flask

from app.core.ids import joined, mark
from app.local import redis as local_redis
from app.streams import redis_store
from app.streams.signals import signals
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff
from tests.privacy.erasing import erase, files_with, somebody
from tests.waiting import until


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[redis.Redis]:
    """One that keeps a log."""
    server = local_redis.start(tmp_path / "redis")
    yield redis_store.client(server.url)
    server.stop()


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


@pytest.fixture
def erin(offline_app: Flask, clean: None) -> Caller:
    return somebody(offline_app)


def said_to(server: redis.Redis, whom: Caller, folder: Path) -> None:
    """A stream of theirs, in the log."""
    key = f"stream:{{chat_{'0' * 32}_{mark(joined(whom.tenant, whom.user))}}}"
    server.xadd(key, {"f": "kumquat"})
    until(lambda: files_with("kumquat", str(folder)))


def test_the_log_is_written_anew(
    durable: redis.Redis, erin: Caller, opal: Caller, work_off: WorkOff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said_to(durable, erin, tmp_path)
    durable.set("kept", "rhubarb")
    monkeypatch.setattr(signals, "redis", durable)
    erase(opal, erin, work_off)
    until(lambda: not files_with("kumquat", str(tmp_path)))
    until(lambda: files_with("rhubarb", str(tmp_path)))


def test_one_that_is_being_written_is_waited_for(durable: redis.Redis, tmp_path: Path) -> None:
    durable.set("word", "kumquat")
    durable.bgrewriteaof()
    durable.delete("word")
    redis_store.rewrite_log(durable)
    until(lambda: not files_with("kumquat", str(tmp_path)))


def test_a_redis_that_lets_nobody_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_redis, "CONFIGURATION", local_redis.CONFIGURATION.replace(" +bgrewriteaof", ""))
    server = local_redis.start(tmp_path / "redis")
    strict = redis_store.client(server.url)
    with pytest.raises(redis.ResponseError):
        strict.bgrewriteaof()
    redis_store.rewrite_log(strict)
    server.stop()
    redis_store.rewrite_log(strict)
