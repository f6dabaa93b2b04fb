"""All of a person gone, wherever it was; nobody else's."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.db.session import Base
from app.db.session import db as database
from app.streams.signals import signals
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, live, sent

ME, ADMIN = "/api/v1/me", "/api/v1/admin/erasures"


@pytest.fixture
def opal(offline_app: Flask, clean: None) -> Caller:
    return sign_in(offline_app, "opal", "house", "operator")


def erase(opal: Caller, whom: Caller, work_off: WorkOff) -> Any:
    """The receipt."""
    asked = opal.post(ADMIN, json={"tenant": whom.tenant, "user": whom.user})
    assert (asked.status_code, asked.json["status"]) == (202, "scheduled"), asked.json
    work_off()
    [receipt] = [one for one in receipts(opal) if one["erasure_id"] == asked.json["erasure_id"]]
    assert receipt["status"] == "completed", receipt
    return receipt


def receipts(opal: Caller) -> Any:
    return sent(opal.get(ADMIN))["erasures"]


def found_in_tables(word: str) -> list[str]:
    """Every table of the database with a row that has the word, in whatever column."""
    names = sorted(Base.metadata.tables)
    with database.read() as session:
        has = [f"SELECT '{name}' FROM \"{name}\" AS t WHERE t::text LIKE :word" for name in names]
        return sorted(set(session.scalars(text(" UNION ALL ".join(has)), {"word": f"%{word}%"})))


def found_in_redis(word: str) -> list[str]:
    sought = word.encode()
    return [key.decode() for key in signals.redis.keys("*") if sought in key or sought in value_of(key)]


def value_of(key: bytes) -> bytes:
    """Whatever a key holds, as one."""
    server: Any = signals.redis
    readers = {
        b"string": server.get, b"hash": server.hgetall, b"stream": server.xrange, b"set": server.smembers,
        b"list": lambda key: server.lrange(key, 0, -1), b"zset": lambda key: server.zrange(key, 0, -1),
    }  # fmt: skip
    kind = server.type(key)
    return repr(readers[kind](key)).encode() if kind in readers else b""


def test_nothing_of_what_a_person_ever_wrote_is_left(olivia: Caller, opal: Caller, work_off: WorkOff) -> None:
    live(olivia, "kumquat", work_off)
    assert {"journal_entries", "chat_messages", "document_chunks"} <= set(found_in_tables("kumquat"))
    erase(opal, olivia, work_off)
    assert found_in_tables("kumquat") == []
    assert found_in_redis("kumquat") == []
