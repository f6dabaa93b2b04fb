"""What the double says of its clients holds at whatever moment they hang up: other tests build on it."""

import asyncio
from collections.abc import Callable
from typing import cast

from tests.double.behaviour import Behaviour
from tests.double.server import Connection, State
from tests.double.wheel import Wheel

REQUEST = b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 16\r\n\r\n" + b'{"stream": true}'


class Clock:
    """In a wheel's place: time passes when the test says so."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        self.due.append(call)

    def tick(self) -> None:
        due, self.due = self.due, []
        for call in due:
            call()


class Peer(asyncio.Transport):
    """A client's end. asyncio calls ``connection_lost`` one round after it closes."""

    def __init__(self) -> None:
        super().__init__()
        self.hung_up = False

    def get_extra_info(self, name: str, default: object = None) -> object:
        return self

    def setsockopt(self, *option: int) -> None: ...

    def write(self, data: object) -> None: ...

    def is_closing(self) -> bool:
        return self.hung_up


def test_a_client_that_hangs_up_as_the_next_byte_is_due_has_hung_up() -> None:
    state, clock, peer = State(), Clock(), Peer()
    state.default = Behaviour(loris=0.05)
    connection = Connection(state, cast(Wheel, clock))
    connection.connection_made(peer)
    connection.data_received(REQUEST)
    peer.hung_up = True
    clock.tick()
    connection.connection_lost(None)
    assert [request["disconnected"] for request in state.requests] == [True]
