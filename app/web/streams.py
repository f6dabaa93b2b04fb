"""An event stream as an HTTP answer."""

from collections.abc import Callable, Iterator

from flask import Response, g, request

from app.streams import sse

SEND_DEADLINE = 20.0  # seconds that one write may take before a reader that does not read is cut off


def stream(frames: Iterator[bytes]) -> Response:
    """Sends whole events as they come. A client that goes away ends the reading, never the work behind it.

    So does a token or key that is revoked meanwhile: without a last event, the client comes back and is refused.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SEND_DEADLINE)
    response = Response(
        _permitted(frames, g.get("still_permitted", _always)), headers=sse.HEADERS, direct_passthrough=True
    )
    response.implicit_sequence_conversion = False
    return response


def _permitted(frames: Iterator[bytes], is_permitted: Callable[[], bool]) -> Iterator[bytes]:
    """What is empty is not sent: it only gives us the occasion to ask."""
    for frame in frames:
        if not is_permitted():
            return
        if frame:
            yield frame


def _always() -> bool:
    return True
