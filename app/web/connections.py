"""Whether the client of a request still waits for its answer."""

import socket
from collections.abc import Callable
from functools import partial

from flask import request


def watched() -> Callable[[], bool]:
    """Tells, also later and outside of the request, whether the client is still connected.

    A server that does not show its connection counts as one whose clients all wait.
    """
    connection = request.environ.get("gunicorn.socket")
    return partial(_is_open, connection) if isinstance(connection, socket.socket) else lambda: True


def _is_open(connection: socket.socket) -> bool:
    """Looks without reading: an end of file is there as soon as the client has closed."""
    patience = connection.gettimeout()
    try:
        connection.settimeout(0)
        return connection.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except ValueError:  # TLS can't be looked into
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(patience)
