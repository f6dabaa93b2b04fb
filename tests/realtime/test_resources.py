"""Voices, agents, sessions, chats and slides over HTTP: one tenant's, in pages, with real status codes."""

import base64
from typing import Any

import gevent
import pytest
from flask import Flask

from tests.realtime.conftest import THREAD, Machine, key_of, make_agent, make_session

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 64).decode()
DECK = {"time": 1698650000, "version": "2.x", "blocks": [{"type": "header", "data": {"text": "Plan", "level": 2}}]}


def chat(machine: Machine, **fields: Any) -> Any:
    body = {"thread_id": THREAD, "query": "How do I plan my week?", "response": "In three steps."}
    return machine.post("/api/chats/", json=body | fields)


def slides(machine: Machine, **fields: Any) -> Any:
    body = {"thread_id": THREAD, "title": "Weekly Planning", "summary": "A compact guide", "editorjs": DECK}
    return machine.post("/api/slides/", json=body | fields)


def test_an_agent_as_the_contract_shows_it(machine: Machine) -> None:
    voice = machine.post("/api/voices/", json={"name": "Warm", "service": "elevenlabs", "voice_id": "abc"}).json
    agent = make_agent(machine, voice=voice["id"])
    assert agent["voice"]["service"] == "elevenlabs" and agent["voice"]["voice_id"] == "abc"
    assert len(agent["bot_id"]) == 36 and agent["created_at"].endswith("Z")
    assert (agent["thumbnail"], agent["avatar"], agent["max_tokens"], agent["is_active"]) == (None, None, 300, True)
    for key in (agent["id"], agent["bot_id"]):
        assert machine.get(f"/api/agents/{key}/").json == agent


MODEL, OTHER = "https://models.example/a.glb", "https://models.example/b.glb"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"glb_url": OTHER}, OTHER), ({"glb": OTHER}, OTHER), ({"glb_url": None}, None), ({"name": "Ada"}, MODEL),
        ({"glb": MODEL, "glb_url": OTHER}, OTHER), ({"glb": OTHER, "glb_url": MODEL}, OTHER),
    ],
)  # fmt: skip
@pytest.mark.parametrize("write", [Machine.patch, Machine.put])
def test_the_avatars_model_has_two_names(machine: Machine, write: Any, body: Any, shown: str | None) -> None:
    agent = make_agent(machine, glb_url=MODEL)
    if write is Machine.put:
        body = {key: agent[key] for key in ("name", "glb", "glb_url") if key == "name" or not body.get("glb")} | body
    assert write(machine, f"/api/agents/{agent['id']}/", json=body).status_code == 200
    read = machine.get(f"/api/agents/{agent['id']}/").json
    assert (agent["glb"], read["glb"], read["glb_url"]) == (MODEL, shown, shown)


def test_a_session_as_the_contract_makes_it(machine: Machine, agent: Any) -> None:
    answer = machine.post("/api/sessions/", json={"thread_id": THREAD, "agent": 1})
    made = answer.json
    assert (answer.status_code, made["thread_id"], made["agent"], made["bot_id"]) == (201, THREAD, 1, agent["bot_id"])
    for key in (THREAD, made["id"]):
        assert machine.get(f"/api/sessions/{key}/").json | {"disclosure": made["disclosure"]} == made


def test_a_session_by_bot_id_gets_a_thread(machine: Machine, agent: Any) -> None:
    made = machine.post("/api/sessions/", json={"bot_id": agent["bot_id"]}).json
    assert made["thread_id"].startswith("user_") and len(made["thread_id"]) == 21


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"thread_id": "user_ab12cd34ef56gh78", "agent": 1}, "thread_id"), ({"thread_id": THREAD}, "bot_id"),
        ({"agent": 99}, "agent"), ({"bot_id": "x"}, "bot_id"),
    ],
)  # fmt: skip
def test_what_is_no_session(machine: Machine, agent: Any, body: Any, field: str) -> None:
    answer = machine.post("/api/sessions/", json=body)
    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (400, "bad_request", "validation_error")
    assert field in answer.json["errors"]


def test_a_chat_and_its_thread(machine: Machine, session: Any) -> None:
    made = chat(machine, meta={"schema": "engine.v3"}, emotion='{"items": []}').json
    assert (made["session"], made["thread_id"], made["meta"]) == (session["id"], THREAD, {"schema": "engine.v3"})
    assert made["emotion"] == {"items": []}
    assert machine.patch(f"/api/chats/{made['id']}/", json={"response": "Better"}).json["response"] == "Better"


def test_slides_grow_a_version_with_every_real_change(machine: Machine, session: Any) -> None:
    first = slides(machine)
    same = slides(machine)
    assert (first.status_code, first.json["version"], same.json) == (201, 1, first.json)
    second = slides(machine, title="Better planning").json
    third = machine.patch(f"/api/slides/{second['id']}/", json={"summary": "Short"}).json
    assert (second["id"], second["version"], third["version"], third["title"]) == (
        first.json["id"],
        2,
        3,
        "Better planning",
    )
    assert machine.get("/api/slides/").json["count"] == 1


def test_an_earlier_version_comes_back(machine: Machine, session: Any) -> None:
    deck = slides(machine).json
    slides(machine, title="Worse")
    path = f"/api/slides/{deck['id']}/revisions/"
    assert [row["version"] for row in machine.get(path).json["results"]] == [2, 1]
    assert machine.get(f"{path}1/").json["title"] == "Weekly Planning"
    assert machine.post(f"{path}1/revert/").json["version"] == 3
    assert machine.get(f"/api/slides/{deck['id']}/").json["title"] == "Weekly Planning"
    assert machine.get(f"{path}9/").status_code == 404


def test_large_revisions_come_in_pages(machine: Machine, session: Any) -> None:
    text = "x" * 480_000
    for number in range(1, 13):
        deck = slides(machine, editorjs={"blocks": [{"type": "paragraph", "data": {"text": f"{number} {text}"}}]}).json
    path = f"/api/slides/{deck['id']}/revisions/"
    page = machine.get(path).json
    seen = [row["version"] for row in page["results"]]
    assert (page["count"], page["has_more"], page["next_before"]) == (12, True, seen[-1])
    rest = machine.get(f"{path}?before={page['next_before']}").json
    assert seen + [row["version"] for row in rest["results"]] == list(range(12, 0, -1))
    assert (rest["has_more"], rest["next_before"]) == (False, None)
    assert machine.get(f"{path}?before=x").status_code == 400


def test_a_page_of_rows_that_are_too_large_is_refused_with_the_number_that_is_not(
    machine: Machine, session: Any
) -> None:
    large = {name: {"text": "x" * 500_000} for name in ("emotion", "viseme", "meta")}
    for _ in range(16):
        assert chat(machine, **large).status_code == 201
    refused = machine.get("/api/chats/?page_size=100")
    assert (refused.status_code, list(refused.json["errors"])) == (400, ["page_size"])
    assert "ask for 14 at once" in refused.json["message"]
    assert len(machine.get("/api/chats/?page_size=14").json["results"]) == 14
    assert len(machine.get("/api/chats/?page=2").json["results"]) == 6


def test_parallel_edits_get_versions_of_their_own(machine: Machine, session: Any) -> None:
    calls = [gevent.spawn(slides, machine, title=f"Title {number}") for number in range(8)]
    versions = [call.get().json["version"] for call in calls]
    assert sorted(versions) == list(range(1, 9))


def test_a_tenant_sees_its_own_rows_only(machine: Machine, foreigner: Machine, session: Any, agent: Any) -> None:
    rows = {
        "agents": agent["bot_id"],
        "sessions": THREAD,
        "chats": chat(machine).json["id"],
        "slides": slides(machine).json["id"],
    }
    for name, key in rows.items():
        answers = [foreigner.get(f"/api/{name}/{key}/"), foreigner.patch(f"/api/{name}/{key}/", json={"title": "x"})]
        assert {answer.status_code for answer in [*answers, foreigner.delete(f"/api/{name}/{key}/")]} == {404}
        assert foreigner.get(f"/api/{name}/").json["count"] == 0
    assert chat(foreigner).status_code == 400
    assert foreigner.post("/api/sessions/", json={"agent": agent["id"]}).status_code == 400


def test_pages(machine: Machine) -> None:
    for number in range(12):
        machine.post("/api/voices/", json={"name": f"Voice {number:02}"})
    first = machine.get("/api/voices/").json
    assert (first["count"], len(first["results"]), first["previous"]) == (12, 10, None)
    second = machine.get(first["next"].removeprefix("http://localhost")).json
    assert (len(second["results"]), second["next"]) == (2, None)
    assert machine.get("/api/voices/?page_size=200").json["next"] is None
    assert machine.get("/api/voices/?page=9").status_code == 404


def test_filters_search_and_ordering(machine: Machine) -> None:
    for name in ("Calm", "Bright", "Dark"):
        machine.post("/api/voices/", json={"name": name, "gender": "male" if name == "Dark" else "female"})

    def names(query: str) -> list[str]:
        return [row["name"] for row in machine.get(f"/api/voices/?{query}").json["results"]]

    assert names("ordering=-name") == ["Dark", "Calm", "Bright"]
    assert names("gender=male") == ["Dark"]
    assert names("search=bri") == names("name=RIGH") == ["Bright"]
    assert names("ordering=nonsense") == ["Calm", "Bright", "Dark"]


def test_names_of_voices_are_unique_within_a_tenant(machine: Machine, foreigner: Machine) -> None:
    assert machine.post("/api/voices/", json={"name": "Warm"}).status_code == 201
    assert machine.post("/api/voices/", json={"name": "Warm"}).json["errors"].keys() == {"name"}
    assert foreigner.post("/api/voices/", json={"name": "Warm"}).status_code == 201


def test_a_picture_is_served_under_an_absolute_address(machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=f"data:image/png;base64,{PNG}", description="see docs/plan.pdf")
    assert agent["avatar"].startswith("http://localhost/api/media/") and agent["thumbnail"] == agent["avatar"]
    assert agent["description"] == "see docs/plan.pdf"
    picture = machine.client.get(agent["avatar"].removeprefix("http://localhost"))
    assert (picture.status_code, picture.mimetype, picture.data[:4]) == (200, "image/png", b"\x89PNG")


@pytest.mark.parametrize(
    "upload", ["!!!", base64.b64encode(b"<svg onload=alert(1)>").decode(), base64.b64encode(b"0" * 7_000_000).decode()]
)
def test_what_is_no_picture(machine: Machine, upload: str) -> None:
    answer = machine.post("/api/agents/", json={"name": "x", "avatar_b64": upload})
    assert (answer.status_code, list(answer.json["errors"])) == (400, ["avatar_b64"])


def test_rows_are_replaced_and_removed(machine: Machine, agent: Any, session: Any) -> None:
    path = f"/api/agents/{agent['bot_id']}/"
    assert machine.put(path, json={"name": "AgentProfile Two"}).json["persona"] == ""
    assert machine.put(path, json={}).status_code == 400
    assert machine.delete(path).status_code == 204
    assert machine.get(f"/api/sessions/{THREAD}/").status_code == 404


@pytest.mark.parametrize("headers", [{"Authorization": ""}, {"Authorization": "Api-Key nonsense"}])
def test_a_key_is_needed(machine: Machine, headers: dict[str, str]) -> None:
    answer = machine.get("/api/agents/", headers=headers)
    assert (answer.status_code, answer.json["status"]) == (401, "permission_denied")


def test_a_key_works_from_where_it_is_allowed(app: Flask, clean: None) -> None:
    guarded = Machine(app.test_client(), key_of("acme", "coach.example"), "acme")
    assert guarded.get("/api/agents/").status_code == 403
    assert guarded.get("/api/agents/", headers={"Origin": "https://coach.example"}).status_code == 200


def test_a_slash_may_be_left_out(machine: Machine, agent: Any) -> None:
    assert machine.get("/api/agents").json["count"] == 1
    assert machine.get(f"/api/agents/{agent['id']}").status_code == 200


def test_a_second_session_of_a_thread(machine: Machine, agent: Any, session: Any) -> None:
    answer = machine.post("/api/sessions/", json={"thread_id": THREAD, "agent": agent["id"]})
    assert answer.status_code == 400
    assert make_session(machine, agent, "user_ffffffffffffffff")["thread_id"] == "user_ffffffffffffffff"


@pytest.mark.parametrize(
    "body", [{"agent": 2**40}, {"agent": -1}, {"agent": [1]}, {"bot_id": "urn:uuid:{bot}"}, {"agent": "{{{bot}}}"}]
)
def test_ids_that_are_none_are_refused(machine: Machine, agent: Any, body: Any) -> None:
    sent = {
        name: value.format(bot=agent["bot_id"]) if isinstance(value, str) else value for name, value in body.items()
    }
    assert machine.post("/api/sessions/", json=sent).status_code == 400


@pytest.mark.parametrize("path", ["agents/urn:uuid:{bot}/", "agents/{bot}x/", "slides/1/revisions/99999999999999/"])
def test_ids_that_are_none_find_nothing(machine: Machine, agent: Any, session: Any, path: str) -> None:
    slides(machine)
    assert machine.get(f"/api/{path.format(bot=agent['bot_id'])}").status_code == 404


def test_the_message_names_the_field(machine: Machine, session: Any) -> None:
    answer = machine.post("/api/chats/", json={"session": session["id"]})
    assert answer.json["message"] == "query is required" and answer.json["errors"] == {"query": ["is required"]}
    assert machine.post("/api/chats/", json=[]).json["message"] == "The body must be a JSON object"
    assert machine.post("/api/agents/", data="null", content_type="application/json").status_code == 400


def test_one_of_two_names_may_be_null(machine: Machine, agent: Any) -> None:
    body = {"agent": None, "bot_id": agent["bot_id"], "thread_id": None}
    made = machine.post("/api/sessions/", json=body).json
    assert chat(machine, session=None, thread_id=made["thread_id"]).status_code == 201
    answer = chat(machine, session=None, thread_id=None)
    assert (answer.status_code, answer.json["errors"]) == (400, {"session": ["session or thread_id is required"]})


def test_what_was_read_can_be_written_back(machine: Machine) -> None:
    voice = machine.post("/api/voices/", json={"name": "Warm"}).json
    agent = make_agent(machine, voice=voice["id"])
    again = machine.put(f"/api/agents/{agent['bot_id']}/", json=agent)
    assert (again.status_code, again.json["voice"]) == (200, voice)
    assert machine.put(f"/api/agents/{agent['bot_id']}/", json=agent | {"voice": {}}).status_code == 400


def test_nothing_is_changed_before_it_is_made(machine: Machine, agent: Any, session: Any) -> None:
    made = [agent, session, chat(machine).json, slides(machine).json]
    assert all(row["created_at"] == row["updated_at"] for row in made)


def test_an_editor_that_only_saves_changes_nothing(machine: Machine, session: Any) -> None:
    made = slides(machine).json
    blocks = [{"id": "a1b2", **block} for block in DECK["blocks"]]
    assert slides(machine, editorjs={"time": 5, "version": "2.31.0", "blocks": blocks}).json == made
    blocks[0] |= {"data": {"text": "Another", "level": 2}}
    assert slides(machine, editorjs={"time": 6, "version": "2.31.0", "blocks": blocks}).json["version"] == 2
