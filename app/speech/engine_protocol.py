"""What travels between the house and its engine processes: length-prefixed MessagePack over a socket pair."""

import socket
import struct
import time

import msgspec

HEAD = struct.Struct("!I")
PIECE = 256 * 1024


class Synthesize(msgspec.Struct, tag=True):
    """Say a text: answered by ``Synthesized``."""

    text: str
    voice: str


class Align(msgspec.Struct, tag=True):
    """When each phoneme of a text is heard in audio that somebody else made: answered by ``Aligned``."""

    text: str
    voice: str
    audio: bytes


class Transcribe(msgspec.Struct, tag=True):
    """Write down what is said: answered by ``Transcribed``."""

    audio: bytes


class Detect(msgspec.Struct, tag=True):
    """Whether anybody speaks: answered by ``Detected``."""

    audio: bytes


class Synthesized(msgspec.Struct, tag=True):
    audio: bytes
    duration: float
    marks: list[tuple[float, float, str]]


class Aligned(msgspec.Struct, tag=True):
    duration: float
    marks: list[tuple[float, float, str]]


class Transcribed(msgspec.Struct, tag=True):
    text: str


class Detected(msgspec.Struct, tag=True):
    speech: bool


class Failed(msgspec.Struct, tag=True):
    """``kind`` is an ``ErrorKind``."""

    kind: str
    detail: str = ""


Task = Synthesize | Align | Transcribe | Detect
Answer = Synthesized | Aligned | Transcribed | Detected | Failed


class Request(msgspec.Struct):
    """The engine has until the monotonic moment ``until``, which all processes of a machine share; it ends itself a
    moment later. Its own start counts: a machine in a rush starts it slowly.
    """

    until: float
    task: Task


_encode = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(Request).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def send(sock: socket.socket, message: Request | Answer, until: float | None = None) -> None:
    """``until`` is a monotonic moment. Raises ``TimeoutError`` or another ``OSError``."""
    body = _encode(message)
    sock.settimeout(_left(until))
    sock.sendall(HEAD.pack(len(body)))
    sock.sendall(body)


def receive(sock: socket.socket, until: float | None = None) -> bytes:
    """The next message's bytes. Raises ``EOFError`` when the other side is gone, ``TimeoutError`` and ``OSError``."""
    (length,) = HEAD.unpack(_exactly(sock, HEAD.size, until))
    return _exactly(sock, length, until)


def _exactly(sock: socket.socket, count: int, until: float | None) -> bytes:
    got = bytearray()
    while len(got) < count:
        sock.settimeout(_left(until))
        piece = sock.recv(min(PIECE, count - len(got)))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)


def _left(until: float | None) -> float | None:
    return None if until is None else max(0.001, until - time.monotonic())
