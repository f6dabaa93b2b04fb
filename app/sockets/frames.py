"""Frames as they leave: whole, unmasked, encoded once."""

import struct

from wsproto.frame_protocol import FrameProtocol, Opcode

FINAL = 0x80

control = FrameProtocol(client=False, extensions=[])  # for pings, pongs and closes: it would copy a big text thrice


def text(data: str | bytes) -> bytes:
    """One text frame; bytes are UTF-8 already. Half a surrogate pair becomes a question mark."""
    payload = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
    first, size = FINAL | Opcode.TEXT, len(payload)
    if size < 126:
        return struct.pack("!BB", first, size) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, 126, size) + payload
    return struct.pack("!BBQ", first, 127, size) + payload
