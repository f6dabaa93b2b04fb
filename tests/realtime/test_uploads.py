"""Uploads live as long as the row that they are for, and a tenant has room for so many bytes."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import gevent
import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.clock import now
from app.db.session import db as database
from app.jobs.runner import JobRunner
from app.realtime.models import Media
from app.web.container import resolve_from
from tests.realtime.conftest import Machine, key_of, make_agent


def picture(size: int = 400, fill: bytes = b"x") -> str:
    return base64.b64encode(b"\x89PNG\r\n\x1a\n".ljust(size, fill)).decode()


def sound() -> str:
    return base64.b64encode(b"ID3".ljust(400, b"x")).decode()


def served(machine: Machine, url: str, **headers: str) -> Any:
    return machine.client.get(url.removeprefix("http://localhost"), headers=headers)


def stored() -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Media)) or 0


def test_a_picture_goes_with_its_agent(machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=picture())
    assert served(machine, agent["avatar"]).status_code == 200
    assert machine.delete(f"/api/agents/{agent['bot_id']}/").status_code == 204
    assert served(machine, agent["avatar"]).status_code == 404
    assert stored() == 0


def test_a_sound_goes_with_its_voice(machine: Machine) -> None:
    voice = machine.post("/api/voices/", json={"name": "Warm", "preview_b64": sound()}).json
    assert served(machine, voice["preview"]).mimetype == "audio/mpeg"
    machine.delete(f"/api/voices/{voice['id']}/")
    assert served(machine, voice["preview"]).status_code == 404


def test_what_is_replaced_is_gone(machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=picture())
    path = f"/api/agents/{agent['bot_id']}/"
    changed = machine.patch(path, json={"avatar_b64": picture(fill=b"y")}).json
    assert served(machine, agent["avatar"]).status_code == 404
    assert served(machine, changed["avatar"]).data.endswith(b"y")
    assert machine.patch(path, json={"name": "Same picture"}).json["avatar"] == changed["avatar"]


def test_of_many_that_replace_it_at_once_one_stays(machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=picture())
    path = f"/api/agents/{agent['bot_id']}/"
    calls = [gevent.spawn(machine.patch, path, json={"avatar_b64": picture()}) for _ in range(8)]
    assert {call.get().status_code for call in calls} == {200}
    assert served(machine, machine.get(path).json["avatar"]).status_code == 200
    assert stored() == 1


def test_caches_ask_each_time_whether_it_is_still_there(machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=picture())
    first = served(machine, agent["avatar"])
    assert "no-cache" in first.headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = served(machine, agent["avatar"], **known)
    assert (again.status_code, again.data) == (304, b"")
    machine.delete(f"/api/agents/{agent['bot_id']}/")
    assert served(machine, agent["avatar"], **known).status_code == 404


@pytest.fixture
def small(make_app: Callable[..., Flask], clean: None) -> Callable[[str], Machine]:
    """Machines of tenants that have room for two pictures and a half."""
    app = make_app(UPLOADS_PER_TENANT="1000")
    return lambda tenant: Machine(app.test_client(), key_of(tenant), tenant)


def test_a_tenant_has_so_much_room(small: Callable[[str], Machine]) -> None:
    machine = small("acme")
    first, _ = (make_agent(machine, avatar_b64=picture()) for _ in range(2))
    refused = machine.post("/api/agents/", json={"name": "Third", "avatar_b64": picture()})
    assert (refused.status_code, refused.json["code"], list(refused.json["errors"])) == (
        413, "upload_quota_exceeded", ["avatar_b64"],
    )  # fmt: skip
    assert (machine.get("/api/agents/").json["count"], stored()) == (2, 2)
    make_agent(small("other"), avatar_b64=picture())
    machine.delete(f"/api/agents/{first['bot_id']}/")
    make_agent(machine, avatar_b64=picture())


def test_what_is_replaced_makes_room(small: Callable[[str], Machine]) -> None:
    machine = small("acme")
    agent = make_agent(machine, avatar_b64=picture(900))
    path = f"/api/agents/{agent['bot_id']}/"
    refused = machine.patch(path, json={"name": "Other", "avatar_b64": picture(1001)})
    assert refused.status_code == 413
    assert machine.get(path).json == agent and served(machine, agent["avatar"]).status_code == 200
    assert machine.patch(path, json={"avatar_b64": picture(1000)}).status_code == 200


def test_the_room_holds_for_uploads_at_once(small: Callable[[str], Machine]) -> None:
    machine = small("acme")
    body = {"name": "One of many", "avatar_b64": picture()}
    calls = [gevent.spawn(machine.post, "/api/agents/", json=body) for _ in range(12)]
    assert sorted(call.get().status_code for call in calls) == [201] * 2 + [413] * 10
    assert stored() == machine.get("/api/agents/").json["count"] == 2


def test_what_is_refused_for_another_reason_takes_no_room(machine: Machine) -> None:
    voice = {"name": "Warm", "preview_b64": sound()}
    assert [machine.post("/api/voices/", json=voice).status_code for _ in range(3)] == [201, 400, 400]
    assert stored() == 1


def test_what_belongs_to_no_row_is_swept(app: Flask, machine: Machine) -> None:
    agent = make_agent(machine, avatar_b64=picture())
    then = now() - timedelta(hours=2)
    with database.begin() as session:
        session.scalars(select(Media)).one().created_at = then
        for name, moment in (("lost", then), ("new", now())):
            session.add(Media(id=name, tenant_id="acme", content_type="image/png", data=b"x", created_at=moment))
    resolve_from(app, JobRunner).run_periodic("realtime.sweep_uploads")
    assert [served(machine, f"/api/media/{name}").status_code for name in ("lost", "new")] == [404, 200]
    assert served(machine, agent["avatar"]).status_code == 200
