"""``@sock.route`` declares a WebSocket; the URL map knows sockets and ordinary views, on one path too."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar
from wsgiref.types import WSGIEnvironment

import flask_sock
import structlog
from flask import Blueprint, Flask, Response, after_this_request, request
from simple_websocket import ConnectionClosed
from werkzeug.routing import Map, MapAdapter, WebsocketMismatch
from werkzeug.wrappers import Request
from wsproto.frame_protocol import CloseReason

from app.sockets.handshake import wants_upgrade
from app.sockets.registry import connections
from app.sockets.socket import MAX_MESSAGE_SIZE, Socket

P = ParamSpec("P")
SocketView = Callable[Concatenate[Socket, P], None]
View = TypeVar("View", bound=Callable[..., None])

log = structlog.get_logger()

flask_sock.Server = Socket  # flask-sock has no setting for the class


class Sock(flask_sock.Sock):
    def route(
        self, path: str, bp: Blueprint | None = None, *, max_message_size: int = MAX_MESSAGE_SIZE, **options: object
    ) -> Callable[[View], View]:
        """The view gets its ``Socket`` first. It may return (the socket closes with 1000), close with a code of its
        own, let ``ConnectionClosed`` through, or raise an HTTP error before it has used the socket.
        """

        def declare(view: View) -> View:
            super(Sock, self).route(path, bp, **options)(_served(view, max_message_size))
            return view

        return declare


def _served(view: SocketView[P], max_message_size: int) -> SocketView[P]:
    @wraps(view)
    def serve(socket: Socket, /, *args: P.args, **kwargs: P.kwargs) -> None:
        socket.max_message_size = max_message_size
        socket.route = str(request.url_rule)
        connections.add(socket)
        _run(view, socket, *args, **kwargs)
        socket.finish()
        connections.remove(socket)
        log.info("socket_closed", route=str(request.url_rule), code=int(socket.close_reason))
        after_this_request(_switched)

    return serve


def _run(view: SocketView[P], socket: Socket, *args: P.args, **kwargs: P.kwargs) -> None:
    try:
        view(socket, *args, **kwargs)
    except ConnectionClosed:
        pass
    except Exception as error:  # the sockets' rim: a bug ends this one socket, and tells strangers nothing
        if not socket.accepted:
            raise
        log.error("socket_failed", reason=type(error).__name__, exc_info=error)
        socket.close(CloseReason.INTERNAL_ERROR)


def _switched(response: Response) -> Response:
    """For logs and figures: flask-sock has the server write nothing more."""
    response.status_code = HTTPStatus.SWITCHING_PROTOCOLS
    return response


class _URLAdapter(MapAdapter):
    """A path with one kind of rule is matched with and without an Upgrade header; its view says what is missing."""

    def match(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().match(*args, **kwargs)
        except WebsocketMismatch:
            self.websocket = not self.websocket
            return super().match(*args, **kwargs)


class _URLMap(Map):
    def bind_to_environ(
        self, environ: WSGIEnvironment | Request, server_name: str | None = None, subdomain: str | None = None
    ) -> MapAdapter:
        adapter = super().bind_to_environ(environ, server_name, subdomain)
        adapter.__class__ = _URLAdapter
        adapter.websocket = wants_upgrade(environ.environ if isinstance(environ, Request) else environ)
        return adapter


class Application(Flask):
    url_map_class = _URLMap

    def make_default_options_response(self) -> Response:
        """The methods of this very route; Flask would add those of a route with an id in its place."""
        path = request.url_rule.rule if request.url_rule else ""
        response = self.response_class()
        for rule in self.url_map.iter_rules():
            if rule.rule == path:
                response.allow.update(rule.methods or ())
        return response


sock = Sock()
