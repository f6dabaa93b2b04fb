"""A WebSocket as the answer of a Flask view: ``return serve(talk, largest=64 * 1024)``."""

import errno
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import structlog
from flask import Response, request

from app.sockets.handshake import shake_hands
from app.sockets.interfaces import Closed, Code
from app.sockets.keeper import keeper
from app.sockets.socket import Socket

MOST_QUEUED = 8 * 1024 * 1024  # bytes that wait for one reader

log = structlog.get_logger()


class Over(Response):
    """The answer after a socket: it tells the server that the connection is gone, so that it writes nothing more."""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        raise BrokenPipeError(errno.EPIPE, "The socket is over")


def serve(talk: Callable[[Socket], None], *, largest: int, most_queued: int = MOST_QUEUED) -> Response:
    """Accepts the current request's upgrade, has ``talk`` use the socket, and sees its end through.

    ``talk`` may return (the socket closes with 1000), close with a code of its own, or let ``Closed`` through. A
    message of more than ``largest`` bytes ends the socket with 1009.

    Raises ``UpgradeRequired``, ``BadRequest``, or ``Unavailable`` when the process is going down.
    """
    socket = accept(largest, most_queued)
    try:
        talk(socket)
    except Closed:
        pass
    except Exception as error:  # the sockets' rim: a bug ends this one socket, and tells strangers nothing
        log.error("socket_failed", reason=type(error).__name__, exc_info=error)
        socket.close(Code.INTERNAL_ERROR)
    finish(socket)
    return Over(status=HTTPStatus.SWITCHING_PROTOCOLS)


def accept(largest: int, most_queued: int = MOST_QUEUED) -> Socket:
    """The socket of the current request. Whoever calls this must ``finish`` it and return ``Over``."""
    keeper.admit()
    socket = Socket(shake_hands(), largest, most_queued)
    keeper.add(socket)
    return socket


def finish(socket: Socket) -> None:
    socket.finish()
    keeper.remove(socket)
    log.info("socket_closed", route=request.url_rule.rule if request.url_rule else "", code=int(socket.code))
