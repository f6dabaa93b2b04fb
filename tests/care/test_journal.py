"""What a person writes down is kept whatever it says. In danger they are told who helps; no coach gets to see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.care.models import CareEvent, FollowUp
from app.db.session import db as database
from app.retrieval.models import DocumentChunk
from app.workspace.models import JournalEntry
from tests.chat.conftest import aim, ask
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.jobs.test_jobs import burst

JOURNAL = "/api/v1/journal"
CRISIS = "I have the pills here and I am going to kill myself tonight"
CONCERN = "Sometimes I wish I was dead"
SUICIDE = {"level": "crisis", "category": "suicide"}
NOTHING = {"level": "none", "category": None}


def write(caller: Caller, content: str, title: str = "Tonight", **fields: Any) -> Any:
    answer = caller.post(JOURNAL, json={"title": title, "content": content} | fields)
    assert answer.status_code == 201
    return answer.json


def change(caller: Caller, entry: Any, **fields: Any) -> Any:
    return caller.patch(f"{JOURNAL}/{entry['id']}", json=fields).json


def noted() -> list[tuple[str, str, str, str]]:
    with database.read() as session:
        rows = session.scalars(select(CareEvent).order_by(CareEvent.id))
        return [(row.user_id, row.path, row.level, row.shown) for row in rows]


def followed() -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(FollowUp.user_id)))


def stored(entry: Any) -> Any:
    with database.read() as session:
        return session.get_one(JournalEntry, entry["id"]).safety


def indexed() -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(DocumentChunk.title).order_by(DocumentChunk.id)))


def test_an_entry_in_a_crisis_is_kept_and_tells_who_helps(owner: Caller) -> None:
    entry = write(owner, CRISIS)
    assert entry["safety"] == stored(entry) == SUICIDE and entry["resources"]
    assert owner.get(f"{JOURNAL}/{entry['id']}").json["content"] == CRISIS
    assert (noted(), followed()) == ([("olivia", "journal", "crisis", "resources")], ["olivia"])


def test_an_ordinary_entry_says_so(owner: Caller) -> None:
    entry = write(owner, "This job is killing me, but the run was good")
    assert entry["safety"] == NOTHING and "resources" not in entry
    assert (stored(entry), noted()) == (None, [])


def test_a_concern_is_told_and_not_followed_up(owner: Caller) -> None:
    entry = write(owner, CONCERN)
    assert entry["safety"]["level"] == "concern" and entry["resources"]
    assert (noted(), followed()) == ([("olivia", "journal", "concern", "resources")], [])


def test_its_helplines_are_of_the_persons_country(owner: Caller) -> None:
    body = {"title": "Tonight", "content": CRISIS}
    answer = owner.post(JOURNAL, json=body, headers={"Accept-Language": "en-GB"}).json
    assert answer["resources"][0]["country"] == "GB"


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_a_change_is_looked_at(owner: Caller, verb: str) -> None:
    entry = write(owner, "A long day")
    changed = owner.open(verb, f"{JOURNAL}/{entry['id']}", json={"content": CRISIS}).json
    assert changed["safety"] == stored(entry) == SUICIDE
    assert [event[1:] for event in noted()] == [("journal", "crisis", "resources")]


def test_safety_is_of_the_whole_entry(owner: Caller) -> None:
    entry = write(owner, CRISIS)
    changed = change(owner, entry, mood="tired")
    assert changed["safety"] == stored(entry) == SUICIDE and changed["resources"]


def test_saving_again_while_one_writes_is_noted_once(owner: Caller) -> None:
    entry = write(owner, CRISIS)
    for more in ("Goodbye.", "Goodbye to all of you."):
        assert change(owner, entry, content=f"{CRISIS}. {more}")["safety"] == SUICIDE
    assert len(noted()) == 1


def test_what_is_written_later_is_noted_again(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = write(owner, CRISIS)
    monkeypatch.setattr("app.workspace.writing.SAME_WRITING", timedelta(hours=-1))
    monkeypatch.setattr("app.care.service.DOUBLE_CLICK", -1.0)
    change(owner, entry, content=f"{CRISIS}. Goodbye.")
    assert len(noted()) == 2


def test_a_refused_entry_tells_who_helps(app: Flask, clean: None) -> None:
    refused = sign_in(app, "regina", "acme").post(JOURNAL, json={"title": "x" * 201, "content": CRISIS})
    assert refused.status_code == 400
    assert refused.json["safety"] == SUICIDE and refused.json["resources"]
    assert [event[3] for event in noted()] == ["refusal"]


def test_the_next_chat_opens_with_care_and_knows_nothing_of_the_words(app: Flask, clean: None, double: Double) -> None:
    caller = sign_in(app, "carla", "acme")
    write(caller, CRISIS)
    double.default(text="Let's go on.")
    said = ask(caller, "What did I write tonight about the pills?").json
    assert said["metadata"]["safety"] == NOTHING | {"follow_up": True}
    assert said["response"].startswith("Before we go on:") and said["response"].endswith("Let's go on.")
    shown = str(double.requests())
    assert "<care>" in shown and "kill myself" not in shown and "Tonight" not in shown


def test_the_next_coaching_session_opens_with_care(app: Flask, clean: None, double: Double) -> None:
    caller = sign_in(app, "cora", "acme")
    write(caller, CRISIS)
    double.script({"text": ["Welcome"]})
    started = caller.post("/ai/coaching/start", json={"topic_id": "core_values"}).json
    assert started["metadata"]["safety"]["follow_up"] is True
    assert "kill myself" not in str(double.requests())


def test_a_resumed_coaching_session_opens_with_care(app: Flask, clean: None, double: Double) -> None:
    caller = sign_in(app, "cleo", "acme")
    double.default(text="Welcome")
    its = {"session_id": caller.post("/ai/coaching/start", json={"topic_id": "core_values"}).json["session_id"]}
    caller.post("/ai/coaching/pause", json=its)
    write(caller, CRISIS)
    resumed = caller.post("/ai/coaching/resume", json=its).json
    assert resumed["metadata"]["safety"]["follow_up"] is True
    assert "kill myself" not in str(double.requests())


def test_a_crisis_is_in_no_index_until_it_is_none(owner: Caller) -> None:
    entry = write(owner, "A long day")
    assert indexed() == ["Tonight"]
    change(owner, entry, content=CRISIS)
    assert indexed() == []
    change(owner, entry, content="I am better, and safe")
    assert (indexed(), stored(entry)) == (["Tonight"], None)


def test_no_embedder_sees_a_crisis(make_app: Callable[..., Flask], app: Flask, clean: None, double: Double) -> None:
    embedding = make_app(EMBEDDING_MODEL="openai:embed-1")
    try:
        caller = sign_in(embedding, "edda", "acme")
        write(caller, "A long day", title="Before")
        write(caller, CRISIS)
        burst(embedding)
        assert "A long day" in str(double.requests()) and "kill myself" not in str(double.requests())
    finally:
        make_app()


def test_the_journaling_app_is_told_the_same(owner: Caller) -> None:
    answer = owner.post("/journal-app/api/v1/journal", json={"title": "Tonight", "content": CRISIS})
    assert answer.status_code == 201 and answer.json["safety"] == SUICIDE and answer.json["resources"]
    refused = owner.post("/journal-app/api/v1/journal", json={"content": CRISIS}).json
    assert (refused["statusCode"], refused["safety"]["level"]) == (400, "crisis") and refused["resources"]


def test_goals_notes_and_routines_are_looked_at_too(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.care.service.DOUBLE_CLICK", -1.0)
    goal = aim(owner)
    assert "safety" not in goal
    note = owner.post(f"/api/v1/goals/{goal['id']}/progress", json={"content": CRISIS}).json
    routine = owner.post("/api/v1/routines", json={"title": "Evening", "description": CRISIS}).json
    step = owner.post(f"/api/v1/goals/{goal['id']}/milestone", json={"title": CRISIS}).json
    for told in (note, routine, step, aim(owner, "Tonight", description=CRISIS)):
        assert told["safety"] == SUICIDE and told["resources"]
    assert [event[1] for event in noted()] == ["goals", "routines", "goals", "goals"]
    assert "Tonight" not in indexed()


def test_a_batch_of_goals_is_looked_at_as_one(owner: Caller) -> None:
    goal = {"title": "Tonight", "description": CRISIS, "target_date": "2099-01-01"}
    for body in ([goal], {"goals": [goal]}):
        assert owner.post("/api/v1/goals/batch", json=body).json["safety"] == SUICIDE
