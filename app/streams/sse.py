"""Server-Sent Events on the wire: an id line, one data line, a blank line, always whole and never above 16 KiB."""

import msgspec

LIMIT = 16 * 1024
HEARTBEAT = b": ping\n\n"
IDLES_PER_HEARTBEAT = 6
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}

encode = msgspec.json.Encoder().encode


def heartbeat(idles: int) -> bytes:
    """What a reader is sent the n-th time that nothing came: a heartbeat now and then, mostly nothing."""
    return b"" if idles % IDLES_PER_HEARTBEAT else HEARTBEAT


def event(cursor: str, payload: bytes) -> bytes:
    """One event. ``payload`` is JSON without line breaks."""
    return b"id: %b\ndata: %b\n\n" % (cursor.encode(), payload)
