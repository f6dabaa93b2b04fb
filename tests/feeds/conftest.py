"""Clients of event sockets."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from app.db.session import db as database
from app.feeds import service
from tests.conftest import Caller
from tests.gunicorn import Web


class Client:
    """An event socket as an application uses it."""

    def __init__(self, web: Web, path: str = "/ws", token: str = "", header: str = "") -> None:
        query = f"?access_token={token}" if token else ""
        headers = {"Authorization": f"Bearer {header}"} if header else {}
        url = f"ws://127.0.0.1:{web.port}{path}{query}"
        self.socket = websocket.create_connection(url, header=headers, timeout=20)

    def say(self, **frame: Any) -> None:
        self.socket.send(json.dumps(frame))

    def hear(self) -> Any:
        return json.loads(self.socket.recv())

    def heard(self, count: int) -> list[Any]:
        return [self.hear() for _ in range(count)]

    def nothing_more(self) -> bool:
        """Whether an answer to a ping is the next thing that comes."""
        self.say(action="ping")
        return bool(self.hear()["type"] == "pong")

    def goodbye(self) -> int:
        opcode, frame = self.socket.recv_data_frame(control_frame=True)
        assert opcode == websocket.ABNF.OPCODE_CLOSE, frame.data
        return int.from_bytes(frame.data[:2], "big")


Open = Callable[..., Client]


@pytest.fixture
def connect() -> Iterator[Open]:
    opened: list[Client] = []

    def open_one(web: Web, **kwargs: str) -> Client:
        opened.append(Client(web, **kwargs))
        return opened[-1]

    yield open_one
    for client in opened:
        client.socket.shutdown()


def happen(who: Caller, *numbers: int, type: str = "ai.job.completed") -> list[str]:
    """Events of somebody's feed, each in a transaction of its own; their ids."""
    ids = []
    for number in numbers:
        with database.begin() as session:
            ids.append(str(service.append(session, who.tenant, who.user, type, {"number": number})))
    return ids


def numbers(frames: list[Any]) -> list[int]:
    return [frame["data"]["number"] for frame in frames]
