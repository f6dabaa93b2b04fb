"""An event stream as an HTTP answer."""

from collections.abc import Iterator

from flask import Response, request

from app.streams import sse

SEND_DEADLINE = 20.0  # seconds that one write may take before a reader that does not read is cut off


def stream(frames: Iterator[bytes]) -> Response:
    """Sends whole events as they come. A client that goes away ends the reading, never the work behind it."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SEND_DEADLINE)
    response = Response(frames, headers=sse.HEADERS, direct_passthrough=True)
    response.implicit_sequence_conversion = False
    return response
