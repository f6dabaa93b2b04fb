"""Frames as they leave: whole, unmasked, encoded once."""

import struct

from wsproto.frame_protocol import CloseReason, Opcode

FINAL = 0x80
LONGEST_REASON = 123  # bytes


def text(data: str | bytes) -> bytes:
    """One text frame; bytes are UTF-8 already. Half a surrogate pair becomes a question mark."""
    return frame(Opcode.TEXT, data if isinstance(data, bytes) else data.encode("utf-8", "replace"))


def close(code: int, reason: str = "") -> bytes:
    if code == CloseReason.NO_STATUS_RCVD:
        return frame(Opcode.CLOSE, b"")
    text = reason.encode()[:LONGEST_REASON].decode("utf-8", "ignore").encode()
    return frame(Opcode.CLOSE, struct.pack("!H", code) + text)


def frame(opcode: Opcode, payload: bytes) -> bytes:
    first, size = FINAL | opcode, len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload
