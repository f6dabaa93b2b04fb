"""What the peer sends: bytes in; whole messages, pings and closes out. Nothing here waits."""

import time
from typing import cast

from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

from app.sockets.memory import FREE, Charge, budget

MAX_FRAGMENTS = 4096  # frames of one message, and one more for each
PER_FRAGMENT = 64  # bytes that have come
MESSAGE_TIMEOUT = 30.0  # seconds that a message gets to arrive, and one more for each
PER_SECOND = 64 * 1024  # bytes that have come

Message = TextMessage | BytesMessage


class ProtocolError(Exception):
    """The peer broke a rule; the socket closes with ``code``."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class FrameReader:
    """Joins fragments, up to ``limit`` bytes a message, counted as they come. The last one counts until ``release``."""

    __slots__ = ("_began_at", "_charge", "_discarding", "_fragments", "_parts", "_protocol", "broken", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._protocol = FrameProtocol(client=False, extensions=[])
        self._parts = bytearray()
        self._charge = Charge(budget)
        self._fragments = 0
        self._began_at = 0.0  # of the message that is on its way
        self._discarding = False  # messages are dropped, control frames still understood
        self.broken = False  # nothing more can be understood

    def feed(self, data: bytes) -> None:
        if not self.broken:
            self._protocol.receive_bytes(data)

    def next_event(self) -> Message | Ping | CloseConnection | None:
        """The next thing that has wholly arrived. Raises ``ProtocolError`` once for each rule that is broken."""
        try:
            events = (self._event(frame) for frame in self._protocol.received_frames())
            return next((event for event in events if event is not None), None)
        except ParseFailed as error:
            self.broken = True
            raise ProtocolError(error.code) from None

    def release(self) -> None:
        """The last message is done with."""
        self._charge.set(max(0, len(self._parts) - FREE))

    def discard(self) -> None:
        """No message is wanted any more."""
        self._discarding = True
        self._parts, self._fragments = bytearray(), 0
        self._charge.set(0)

    def is_late(self, now: float) -> bool:
        """Whether a message takes longer than any honest client would."""
        return bool(self._fragments) and now - self._began_at > MESSAGE_TIMEOUT + len(self._parts) / PER_SECOND

    def _event(self, frame: Frame) -> Message | Ping | CloseConnection | None:
        if frame.opcode is Opcode.PING:
            return Ping(cast(bytes, frame.payload))
        if frame.opcode is Opcode.CLOSE:
            return CloseConnection(*cast(tuple[int, str], frame.payload))
        if frame.opcode is Opcode.PONG or self._discarding:
            return None
        return self._message(frame)

    def _message(self, frame: Frame) -> Message | None:
        payload = cast(str | bytes, frame.payload)
        if not self._fragments:
            self._began_at = time.monotonic()
        self._parts += payload.encode() if isinstance(payload, str) else payload
        self._fragments += frame.frame_finished or not self._fragments
        self._check()
        if not frame.message_finished:
            return None
        whole, self._parts, self._fragments = self._parts, bytearray(), 0
        return TextMessage(whole.decode()) if frame.opcode is Opcode.TEXT else BytesMessage(bytes(whole))

    def _check(self) -> None:
        most = MAX_FRAGMENTS + len(self._parts) // PER_FRAGMENT
        if len(self._parts) > self.limit or self._fragments > most:
            self.discard()
            raise ProtocolError(CloseReason.MESSAGE_TOO_BIG)
        if not self._charge.fits(max(0, len(self._parts) - FREE)):
            self.discard()
            raise ProtocolError(CloseReason.TRY_AGAIN_LATER)
