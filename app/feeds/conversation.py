"""What is said over one event socket: who is there, what it asks for, and when it has to go."""

import time

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.auth.principals import Principal
from app.auth.tokens import Pass, Tokens
from app.core.errors import AppError, BadRequest, Unauthorized, Unavailable
from app.core.ids import new_id
from app.feeds import frames
from app.feeds.frames import Action
from app.feeds.hub import Hub
from app.feeds.reading import Reader
from app.sockets.socket import Socket

INTRODUCTION = 10.0  # seconds in which a socket must say who it is
LOOK_AGAIN = 300.0  # seconds; a clock that was set must not keep a token alive
UNAUTHORIZED = 4401


class Conversation:
    """Of one socket. ``introduce`` comes before the handshake, so that nothing after it is missed."""

    def __init__(self, hub: Hub, tokens: Tokens) -> None:
        self._hub = hub
        self._tokens = tokens
        self._until = time.time() + INTRODUCTION
        self._guest: Pass | None = None
        self._refused: Unauthorized | None = None
        self._position = 0
        self._reader: Reader | None = None
        self._socket: Socket

    def introduce(self, token: str) -> None:
        try:
            self._admit(token)
        except Unauthorized as error:
            self._refused = error

    def hold(self, socket: Socket) -> None:
        """Until the peer goes, or its token ends."""
        self._socket = socket
        if self._refused:
            self._turn_away(self._refused)
        try:
            if self._guest:
                self._follow(self._guest)
            while (left := self._until - time.time()) > 0:
                self._hear(socket.receive(min(left, LOOK_AGAIN)))
            self._turn_away(Unauthorized("The token has expired" if self._guest else "No token came in time"))
        finally:
            if self._reader:
                self._hub.leave(self._reader)

    def _hear(self, raw: str | bytes | None) -> None:
        if raw is None:
            return
        try:
            self._answer(frames.action(raw))
        except (OperationalError, PoolTimeout):
            self._socket.send(frames.failure("error", Unavailable()))
        except AppError as error:
            self._socket.send(frames.failure("error", error))

    def _answer(self, asked: Action) -> None:
        doing = {"auth": self._authenticate, "ping": self._pong, "resume": self._resume}.get(asked.action)
        if doing is None:
            raise BadRequest("`action` must be auth, ping or resume")
        doing(asked)

    def _pong(self, asked: Action) -> None:
        self._socket.send(frames.note("pong"))

    def _authenticate(self, asked: Action) -> None:
        """Says who is there, or has a newer token for the same person."""
        try:
            guest = self._admit(asked.token)
        except Unauthorized as error:
            self._turn_away(error)
            return
        owner = guest.principal
        data = {"tenantId": owner.tenant_id, "userId": owner.user_id, "connectionId": new_id("conn")}
        self._socket.send(frames.note("auth.success", **data))
        self._follow(guest)

    def _admit(self, token: str) -> Pass:
        guest = self._tokens.examine(token)
        if self._guest and not _is_same(self._guest.principal, guest.principal):
            raise Unauthorized("This socket is another person's")
        if not self._guest:
            self._position = self._hub.position(guest.principal)
        self._guest, self._until = guest, guest.expires_at
        return guest

    def _follow(self, guest: Pass) -> None:
        if self._reader is None:
            self._reader = self._hub.join(guest.principal, self._position, self._socket.send)

    def _resume(self, asked: Action) -> None:
        if self._reader is None:
            raise Unauthorized("Say who you are first")
        self._reader.resume(frames.event_id(asked.after))

    def _turn_away(self, error: Unauthorized) -> None:
        self._socket.send(frames.failure("auth.error", error))
        self._socket.close(UNAUTHORIZED)


def _is_same(one: Principal, other: Principal) -> bool:
    """A role may have changed meanwhile."""
    return (one.tenant_id, one.user_id) == (other.tenant_id, other.user_id)
