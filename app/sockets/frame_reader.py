"""What the peer sends: bytes in; whole messages, pings and closes out. Nothing here waits."""

from typing import cast

from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.frame_protocol import CloseReason, Frame, FrameProtocol, Opcode, ParseFailed

MAX_FRAGMENTS = 4096  # frames of one message

Message = TextMessage | BytesMessage


class ProtocolError(Exception):
    """The peer broke a rule; the socket closes with ``code``."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class FrameReader:
    """Joins fragments, up to ``max_size`` bytes a message, counted as they come."""

    __slots__ = ("_discarding", "_fragments", "_max_size", "_parts", "_protocol", "broken")

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._protocol = FrameProtocol(client=False, extensions=[])
        self._parts = bytearray()
        self._fragments = 0
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
        self._parts += payload.encode() if isinstance(payload, str) else payload
        self._fragments += frame.frame_finished
        if len(self._parts) > self._max_size or self._fragments > MAX_FRAGMENTS:
            self._discarding = True
            self._parts = bytearray()
            raise ProtocolError(CloseReason.MESSAGE_TOO_BIG)
        if not frame.message_finished:
            return None
        whole, self._parts, self._fragments = self._parts, bytearray(), 0
        return TextMessage(whole.decode()) if frame.opcode is Opcode.TEXT else BytesMessage(bytes(whole))
