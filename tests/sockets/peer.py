"""A WebSocket client that sends any bytes, legal or not, and hears everything until the connection ends."""

import itertools
import socket as sockets
import struct
from collections.abc import Iterator
from contextlib import suppress

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
CONTINUATION = 0
MASK = b"\x11\x22\x33\x44"

Heard = tuple[int, bytes]


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    first, bit, size = fin << 7 | rsv << 4 | opcode, masked << 7, len(payload)
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    return head + MASK + _masked(payload) if masked else head + payload


def goodbye(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


def fragments(opcode: int, *parts: bytes) -> list[bytes]:
    """One message in as many frames as it has parts."""
    opcodes = itertools.chain([opcode], itertools.repeat(CONTINUATION))
    return [frame(next(opcodes), part, fin=number == len(parts)) for number, part in enumerate(parts, 1)]


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


class Peer:
    """``headers`` are whole lines."""

    def __init__(self, port: int, path: str, *headers: str) -> None:
        self.sock = sockets.create_connection(("127.0.0.1", port), timeout=20)
        self.sock.setsockopt(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, 1)
        self._file = self.sock.makefile("rb")
        asked = [f"GET {path} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
        asked += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers, "", ""]
        self.sock.sendall("\r\n".join(asked).encode())
        self.status = self._file.readline().decode().strip()
        while self._file.readline().strip():
            pass

    def say(self, data: bytes, chop: int = 0) -> None:
        """In TCP segments of ``chop`` bytes. Whoever was sent away meanwhile says no more."""
        with suppress(OSError):
            for piece in pieces(data, chop) if chop else [data]:
                self.sock.sendall(piece)

    def hears(self, count: int | None = None) -> list[Heard]:
        """So many frames, or all until the server hangs up. Its close is answered."""
        heard = []
        for opcode, payload in itertools.islice(self._frames(), count):
            heard.append((opcode, payload))
            if opcode == CLOSE:
                self.say(frame(CLOSE, payload))
        return heard

    def hang_up(self) -> None:
        self._file.close()
        self.sock.close()

    def _frames(self) -> Iterator[Heard]:
        with suppress(ConnectionResetError):
            while head := self._file.read(2):
                yield head[0] & 0x0F, self._file.read(self._size(head[1]))

    def _size(self, length: int) -> int:
        more = {126: 2, 127: 8}.get(length, 0)
        return int.from_bytes(self._file.read(more), "big") if more else length


def _masked(payload: bytes) -> bytes:
    size = len(payload)
    mask = int.from_bytes((MASK * (size // 4 + 1))[:size], "big")
    return (int.from_bytes(payload, "big") ^ mask).to_bytes(size, "big")
