"""What the peer sends: bytes in, whole messages and its control frames out. Nothing here waits."""

from dataclasses import dataclass
from typing import cast

from wsproto.frame_protocol import Frame, FrameProtocol, Opcode, ParseFailed

from app.sockets.interfaces import Code

MOST_FRAGMENTS = 4096  # frames of one message


@dataclass(frozen=True, slots=True)
class Message:
    data: str | bytes


@dataclass(frozen=True, slots=True)
class Ping:
    payload: bytes


@dataclass(frozen=True, slots=True)
class Goodbye:
    code: int


Arrival = Message | Ping | Goodbye


class Refused(Exception):
    """The peer broke a rule; it is told ``code``."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Inbox:
    """Puts fragments together, up to ``largest`` bytes a message, counted as they come."""

    __slots__ = ("_fragments", "_largest", "_parts", "_protocol", "garbled", "refusing")

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._protocol = FrameProtocol(client=False, extensions=[])
        self._parts = bytearray()
        self._fragments = 0
        self.refusing = False  # messages are dropped, control frames still understood
        self.garbled = False  # nothing more can be understood

    def feed(self, data: bytes) -> None:
        if not self.garbled:
            self._protocol.receive_bytes(data)

    def take(self) -> Arrival | None:
        """The next thing that has wholly arrived. Raises ``Refused`` once for each rule that is broken."""
        try:
            arrivals = (self._arrival(frame) for frame in self._protocol.received_frames())
            return next((arrival for arrival in arrivals if arrival is not None), None)
        except ParseFailed as error:
            self.garbled = True
            raise Refused(error.code) from None

    def _arrival(self, frame: Frame) -> Arrival | None:
        if frame.opcode is Opcode.PING:
            return Ping(cast(bytes, frame.payload))
        if frame.opcode is Opcode.CLOSE:
            return Goodbye(int(cast(tuple[int, str], frame.payload)[0]))
        if frame.opcode is Opcode.PONG or self.refusing:
            return None
        return self._gather(frame)

    def _gather(self, frame: Frame) -> Message | None:
        payload = cast(str | bytes, frame.payload)
        self._parts += payload.encode() if isinstance(payload, str) else payload
        self._fragments += frame.frame_finished
        if len(self._parts) > self._largest or self._fragments > MOST_FRAGMENTS:
            self.refusing = True
            self._parts = bytearray()
            raise Refused(Code.TOO_BIG)
        if not frame.message_finished:
            return None
        whole, self._parts, self._fragments = self._parts, bytearray(), 0
        return Message(whole.decode() if frame.opcode is Opcode.TEXT else bytes(whole))
