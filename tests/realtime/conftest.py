"""Machines with API keys, and an agent to talk with."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import websocket
from flask import Flask
from flask.testing import FlaskClient

from app.auth import api_keys
from app.auth.api_keys import Terms
from app.db.session import db as database
from tests.gunicorn import Web

THREAD = "user_00112233445566aa"


class Machine:
    """Somebody with an API key of a tenant."""

    def __init__(self, client: FlaskClient, key: str, tenant: str) -> None:
        self.client, self.key, self.tenant = client, key, tenant

    def open(self, method: str, path: str, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Api-Key {self.key}"} | kwargs.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.open("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> Any:
        return self.open("POST", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> Any:
        return self.open("PATCH", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> Any:
        return self.open("PUT", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        return self.open("DELETE", path, **kwargs)


def key_of(tenant: str, *allow: str, name: str = "", **terms: Any) -> str:
    with database.begin() as session:
        return api_keys.create(session, tenant, name or f"key of {tenant}", allow, Terms(**terms))


@pytest.fixture
def machine(app: Flask, clean: None) -> Machine:
    return Machine(app.test_client(), key_of("acme"), "acme")


@pytest.fixture
def foreigner(app: Flask, clean: None) -> Machine:
    return Machine(app.test_client(), key_of("other"), "other")


def make_agent(machine: Machine, **fields: Any) -> Any:
    answer = machine.post("/api/agents/", json={"name": "AI AgentProfile", "persona": "Warm and brief"} | fields)
    assert answer.status_code == 201, answer.json
    return answer.json


def make_session(machine: Machine, agent: Any, thread_id: str = THREAD) -> Any:
    answer = machine.post("/api/sessions/", json={"thread_id": thread_id, "agent": agent["id"]})
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.fixture
def agent(machine: Machine) -> Any:
    return make_agent(machine)


@pytest.fixture
def session(machine: Machine, agent: Any) -> Any:
    return make_session(machine, agent)


class Talk:
    """A client of the socket."""

    def __init__(self, web: Web, key: str = "", bot_id: str = "", thread_id: str = THREAD, **more: Any) -> None:
        query = "&".join(
            f"{name}={value}" for name, value in {"bot_id": bot_id, "thread_id": thread_id}.items() if value
        )
        headers = {"Authorization": f"Api-Key {key}"} if key else {}
        path = more.pop("path", "/ws/chat/")
        url = f"ws://127.0.0.1:{web.port}{path}?{query}{more.pop('query', '')}"
        self.socket = websocket.create_connection(url, header=headers | more.pop("headers", {}), timeout=30, **more)

    def say(self, kind: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": kind} | fields))

    def hear(self) -> Any:
        return json.loads(self.socket.recv())

    def until(self, kind: str) -> list[Any]:
        """Events up to the first of a kind."""
        heard = [self.hear()]
        while heard[-1]["type"] != kind:
            heard.append(self.hear())
        return heard

    def code(self) -> int:
        while True:
            opcode, frame = self.socket.recv_data_frame(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return int.from_bytes(frame.data[:2], "big")

    def code_after_asking(self) -> int:
        """Asks until it is sent away: processes hear of a change within seconds."""
        self.socket.settimeout(0.5)
        for _ in range(60):
            self.say("text_query", text="Hello", muteAudio=True)
            with suppress(websocket.WebSocketTimeoutException):
                return self.code()
        raise AssertionError("the socket stays open")


@pytest.fixture(scope="package")
def web(environ: dict[str, str], app: Flask) -> Iterator[Web]:
    running = Web(environ | {"LLM_FIRST_TIMEOUT": "5", "LLM_BETWEEN_TIMEOUT": "5"})
    running.await_ready()
    yield running
    running.stop()


@pytest.fixture
def talk(web: Web, machine: Machine, agent: Any, session: Any) -> Iterator[Talk]:
    opened = Talk(web, machine.key, agent["bot_id"])
    assert opened.hear() == {"type": "connected", "bot_id": agent["bot_id"], "thread_id": THREAD}
    yield opened
    opened.socket.close()


Open = Callable[..., Talk]
