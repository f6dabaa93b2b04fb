"""The application with a few sockets of the tests' own: ``gunicorn tests.sockets.wsgi:app``."""

from contextlib import suppress

import gevent
from flask import Response

from app import create_app
from app.auth.guards import public
from app.sockets.interfaces import Closed
from app.sockets.serving import serve
from app.sockets.socket import Socket

MIB = 1024 * 1024


def echo(socket: Socket) -> None:
    while True:
        socket.send(socket.receive() or "")


def flood(socket: Socket) -> None:
    """Four producers at once, each sending what is asked for: ``count size``."""
    count, size = map(int, str(socket.receive()).split())
    for number in range(4):
        gevent.spawn(produce, socket, str(number) * size, count)
    socket.receive()


def produce(socket: Socket, text: str, count: int) -> None:
    with suppress(Closed):
        for _ in range(count):
            socket.send(text, patience=1)


def greet(socket: Socket) -> None:
    socket.send("hello")


def fail(socket: Socket) -> None:
    raise RuntimeError("a secret detail")


@public
def talking(what: str) -> Response:
    return serve({"echo": echo, "flood": flood, "greet": greet, "fail": fail}[what], largest=36 * MIB)


app = create_app()
app.add_url_rule("/test/<what>", view_func=talking)
