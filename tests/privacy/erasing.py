"""Somebody who is to be erased, all that they may leave behind, and where to look for it."""

import io
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import LargeBinary, text

from app.db.session import Base
from app.db.session import db as database
from app.streams.signals import signals
from tests.actions.conftest import answered
from tests.attachments import conftest as files
from tests.coaches.conftest import COACH, agree
from tests.conftest import Caller, sign_in
from tests.privacy.conftest import WorkOff, begin, live, sent
from tests.realtime.conftest import Machine, key_of, make_agent, make_session
from tests.reminders.conftest import make
from tests.test_migrations import fill

ME, ADMIN = "/api/v1/me", "/api/v1/admin/erasures"
CRISIS = "I have the pills here and I am going to kill myself tonight"
PEOPLE = count()  # a process remembers whose tokens were revoked


def somebody(app: Flask, tenant: str = "acme", role: str = "member") -> Caller:
    """Whom no other test erases."""
    return sign_in(app, new_user(), tenant, role)


def new_user() -> str:
    """Such as sessions of the realtime coach may be named after."""
    return f"user_e2a5ed{next(PEOPLE):010x}"


def again(app: Flask, whom: Caller) -> Caller:
    """Signed in anew."""
    return sign_in(app, whom.user, whom.tenant)


def receipts(opal: Caller, **query: Any) -> Any:
    return sent(opal.get(ADMIN, query_string=query))["erasures"]


def erase(opal: Caller, whom: Caller, work_off: WorkOff) -> Any:
    """The receipt."""
    asked = opal.post(ADMIN, json={"tenant": whom.tenant, "user": whom.user})
    assert (asked.status_code, asked.json["status"]) == (202, "scheduled"), asked.json
    work_off()
    [receipt] = [one for one in receipts(opal) if one["erasure_id"] == asked.json["erasure_id"]]
    assert receipt["status"] == "completed", receipt
    return receipt


def live_fully(caller: Caller, boss: Caller, word: str, work_off: WorkOff) -> None:
    """Everything at once, and some of it not done yet."""
    live(caller, word, work_off)
    plan_with_others(caller, word)
    sent(caller.post("/api/v1/chat/message", json={"message": f"{CRISIS} {word}"}))
    table = f"date,text,title\n2026-02-20,Ran {word},Day\nnever {word},x,y\n".encode()
    form = {"file": (io.BytesIO(table), f"{word}.csv")}
    sent(caller.post("/api/v1/me/imports", data=form, content_type="multipart/form-data"))
    work_off()
    begin(caller)
    begin(boss, "/admin/exports")
    work_off()
    talk_aloud(caller, word)
    for place in ("chat/insights/stream", f"chat/goal-insights/{first_goal(caller)}/stream"):
        assert caller.get(f"/api/v1/{place}").data
    once = {"Idempotency-Key": word}
    sent(caller.post("/api/v1/chat/message", json={"message": f"Once {word}"}, headers=once))
    niche = {"topic_id": "niche_review", "parameters": {"current_value": f"We help small hotels {word}"}}
    sent(caller.post("/ai/execute-async", json=niche))


def first_goal(caller: Caller) -> str:
    return str(sent(caller.get("/api/v1/goals"))["goals"][0]["id"])


def talk_aloud(caller: Caller, word: str) -> None:
    """A session of the realtime coach, which a tenant's own service keeps for this person."""
    machine = Machine(caller.client, key_of(caller.tenant, name="ours"), caller.tenant)
    session = make_session(machine, make_agent(machine), caller.user)
    sent(machine.post("/api/chats/", json={"session": session["id"], "query": word, "response": f"Yes, {word}"}))
    deck = {"session": session["id"], "title": word, "summary": word, "editorjs": {"blocks": []}}
    sent(machine.post("/api/slides/", json=deck))


def plan_with_others(caller: Caller, word: str) -> None:
    """With the coach, who is given a file and proposes something; with a clock; with a human coach, who notes it."""
    files.sent(caller, f"My plan: {word}", f"{word}.txt")
    assert answered(caller, f"I'd like to learn {word}").last["proposals"]
    make(caller, text=f"Tea and {word}")
    coach = sign_in(caller.client.application, f"carla-{word}", caller.tenant, "coach")
    agree(caller, coach, ("read",))
    sent(coach.post(f"{COACH}/people/{caller.user}/notes", json={"text": f"Ask about {word}"}))
    sent(coach.get(f"{COACH}/people/{caller.user}/entries"))


def tables_with(word: str) -> set[str]:
    """Every table with a row that has the word, in whatever column; a file's bytes as they are."""
    with database.read() as session:
        return {name for name in Base.metadata.tables if session.scalar(text(rows_with(name)), {"word": f"%{word}%"})}


def rows_with(table: str, shown: str = "1") -> str:
    files = [column.name for column in Base.metadata.tables[table].columns if isinstance(column.type, LargeBinary)]
    parts = ["t::text", *(f"encode(t.\"{name}\", 'escape')" for name in files)]
    return f'SELECT {shown} FROM "{table}" AS t WHERE concat({", ".join(parts)}) LIKE :word'


def fill_for_x() -> None:
    """A row of the person ``x`` of the tenant ``x`` in each table."""
    fill(database.engine)
    with database.begin() as session:
        session.execute(text("UPDATE idempotency_keys SET owner = 'x:x'"))
        session.execute(text("UPDATE goals SET of_team = false"))
        session.execute(text("SELECT setval(format('%I.%I', schemaname, sequencename), 1000) FROM pg_sequences"))


def rows_of(word: str) -> dict[str, list[str]]:
    """All rows with a word, by table."""
    with database.read() as session:
        found = {
            name: sorted(session.scalars(text(rows_with(name, "t::text")), {"word": f"%{word}%"}))
            for name in Base.metadata.tables
        }
    return {name: rows for name, rows in found.items() if rows}


def keys_with(word: str) -> list[str]:
    """Of Redis, with the word in the key or in what it holds."""
    sought = word.encode()
    return [key.decode() for key in signals.redis.keys("*") if sought in key or sought in value_of(key)]


def value_of(key: bytes) -> bytes:
    server: Any = signals.redis
    readers = {
        b"string": server.get, b"hash": server.hgetall, b"stream": server.xrange, b"set": server.smembers,
        b"list": lambda key: server.lrange(key, 0, -1), b"zset": lambda key: server.zrange(key, 0, -1),
    }  # fmt: skip
    kind = server.type(key)
    return repr(readers[kind](key)).encode() if kind in readers else b""


def files_with(word: str, folder: str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
