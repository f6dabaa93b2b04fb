"""The event socket."""

from flask import Blueprint, request

from app.auth.guards import bearer_token, page_token, socket
from app.auth.roles import OWN
from app.auth.tokens import Tokens
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.event_socket import EventSocket
from app.sockets.routing import sock
from app.sockets.socket import Socket
from app.web.container import resolve

blp = Blueprint("events", __name__)


@sock.route("/ws", bp=blp)
@sock.route("/realtime", bp=blp, endpoint="follow_events_as_realtime")
@socket(OWN)
def follow_events(opened: Socket) -> None:
    """Follow the caller's events over a WebSocket

    Authenticate with the `Authorization` header, with `?access_token=`, or with a first frame
    `{"action":"auth","token":"…"}` within 10 seconds; a page of this service may do so by its cookie. Events are
    `{type, timestamp, data, id}`. `{"action":"ping"}` is answered with `pong`; `{"action":"resume","after":"<id>"}`
    replays what came after an event. A socket whose token is missing, invalid or has ended is told `auth.error` and
    closed with 4401; after 1012 connect again and resume.
    """
    events = EventSocket(resolve(FeedDispatcher), resolve(Tokens))
    token = bearer_token() or request.args.get("access_token", "") or page_token()
    if token:
        events.authenticate(token)
    events.serve(opened)
