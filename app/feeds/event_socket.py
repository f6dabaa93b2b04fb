"""One event socket: who listens, what they ask for, and when it is closed."""

import time
from contextlib import suppress

from simple_websocket import ConnectionClosed
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.auth.principals import Principal
from app.auth.tokens import Pass, Tokens
from app.core.errors import AppError, BadRequest, Unauthorized, Unavailable
from app.core.ids import new_id
from app.db.session import db
from app.feeds import frames, service
from app.feeds.dispatcher import FeedDispatcher
from app.feeds.frames import Action
from app.feeds.interfaces import Entry
from app.feeds.reader import Reader
from app.sockets.socket import Socket

AUTH_TIMEOUT = 10.0  # seconds in which a client must authenticate
CHECK_EVERY = 300.0  # seconds; a clock that was set must not keep a token alive
UNAUTHORIZED = 4401
TRY_AGAIN = 1013


class EventSocket:
    """``authenticate`` comes before the handshake, so that nothing after it is missed."""

    def __init__(self, dispatcher: FeedDispatcher, tokens: Tokens) -> None:
        self._dispatcher = dispatcher
        self._tokens = tokens
        self._expires_at = time.time() + AUTH_TIMEOUT
        self._pass: Pass | None = None
        self._refused: AppError | None = None
        self._position = 0
        self._reader: Reader | None = None
        self._socket: Socket

    def authenticate(self, token: str) -> None:
        try:
            self._admit(token)
        except (Unauthorized, Unavailable) as error:
            self._refused = error

    def serve(self, socket: Socket) -> None:
        """Until the client leaves, or its token expires."""
        self._socket = socket
        if self._refused:
            self._reject(self._refused)
        try:
            if self._pass:
                self._follow(self._pass.principal)
            while (left := self._expires_at - time.time()) > 0:
                self._handle(socket.receive(min(left, CHECK_EVERY)))
            self._reject(Unauthorized("The token has expired" if self._pass else "No token came in time"))
        finally:
            if self._reader:
                self._dispatcher.leave(self._reader)

    def _handle(self, raw: str | bytes | None) -> None:
        if raw is None:
            return
        try:
            self._perform(frames.action(raw))
        except (OperationalError, PoolTimeout):
            self._socket.send(frames.failure("error", Unavailable()))
        except AppError as error:
            self._socket.send(frames.failure("error", error))

    def _perform(self, action: Action) -> None:
        perform = {"auth": self._auth, "ping": self._ping, "resume": self._resume}.get(action.action)
        if perform is None:
            raise BadRequest("`action` must be auth, ping or resume")
        perform(action)

    def _ping(self, _: Action) -> None:
        self._socket.send(frames.message("pong"))

    def _auth(self, action: Action) -> None:
        """The first token of this client, or a newer one for the same person."""
        try:
            owner = self._admit(action.token)
        except (Unauthorized, Unavailable) as error:
            self._reject(error)
            return
        data = {"tenantId": owner.tenant_id, "userId": owner.user_id, "connectionId": new_id("conn")}
        self._socket.send(frames.message("auth.success", **data))
        self._follow(owner)

    def _admit(self, token: str) -> Principal:
        new = self._tokens.examine(token)
        owner = new.principal
        if self._pass and not _is_same(self._pass.principal, owner):
            raise Unauthorized("This socket is another person's")
        if not self._pass:
            with db.read() as session:
                self._position = service.latest_id(session, owner)
        self._pass, self._expires_at = new, new.expires_at
        return owner

    def _follow(self, owner: Principal) -> None:
        self._socket.admit()
        self._socket.keep_while(self._is_permitted, self._dismiss)
        feed, old = service.feed_for(owner), self._reader
        if old is not None and old.feed == feed:
            return
        if old is not None:  # their role is another one now
            self._dispatcher.leave(old)
        self._reader = Reader(feed, old.cursor if old else self._position, self._send)
        self._dispatcher.join(self._reader)

    def _send(self, entry: Entry) -> None:
        self._socket.send(entry.data)

    def _resume(self, action: Action) -> None:
        if self._reader is None or self._pass is None:
            raise Unauthorized("Say who you are first")
        after = frames.event_id(action.after)
        if after > self._reader.cursor:
            self._skip(self._reader, self._pass.principal, after)
        elif self._reader.replay(after):
            self._dispatcher.wake(self._reader)

    def _skip(self, reader: Reader, owner: Principal, after: int) -> None:
        """The person saw that event elsewhere. It was committed, so all before it were too."""
        with db.read() as session:
            is_known = service.has(session, owner, after)
            highest = service.highest_id(session)
        if is_known:
            reader.cursor = max(reader.cursor, after)
        elif after > highest:
            raise BadRequest("`after` must be the id of an event")

    def _is_permitted(self) -> bool:
        return self._pass is None or self._tokens.permit(self._pass)

    def _dismiss(self) -> None:
        with suppress(ConnectionClosed):
            self._reject(Unauthorized("The token was revoked"))

    def _reject(self, error: AppError) -> None:
        self._socket.send(frames.failure("auth.error", error))
        self._socket.close(TRY_AGAIN if isinstance(error, Unavailable) else UNAUTHORIZED)


def _is_same(one: Principal, other: Principal) -> bool:
    """Whatever their roles are now."""
    return (one.tenant_id, one.user_id) == (other.tenant_id, other.user_id)
