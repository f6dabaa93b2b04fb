"""The opening handshake (RFC 6455, 4.2): what a client must ask for, and what it is answered."""

import base64
import binascii
from wsgiref.types import WSGIEnvironment

from wsproto.utilities import generate_accept_token

from app.core.errors import AppError, BadRequest

VERSION = "13"
WANTED = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": VERSION}
ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


class UpgradeRequired(AppError):
    code, status, text = "UPGRADE_REQUIRED", 426, "This address speaks WebSocket: connect with an Upgrade header"


class NoSockets(AppError):
    code, status, text = "NOT_IMPLEMENTED", 501, "This server can't speak WebSocket"


def wants_upgrade(environ: WSGIEnvironment) -> bool:
    return "websocket" in _tokens(environ, "HTTP_UPGRADE")


def check(environ: WSGIEnvironment) -> None:
    """Raises ``UpgradeRequired``, ``BadRequest``, or ``NoSockets`` when the server gives us no socket."""
    if not wants_upgrade(environ) or environ.get("HTTP_SEC_WEBSOCKET_VERSION", VERSION).strip() != VERSION:
        raise UpgradeRequired(headers=WANTED)
    if environ["REQUEST_METHOD"] != "GET" or "upgrade" not in _tokens(environ, "HTTP_CONNECTION"):
        raise BadRequest("A WebSocket begins with GET and `Connection: Upgrade`")
    if "HTTP_SEC_WEBSOCKET_VERSION" not in environ or not _has_key(environ):
        raise BadRequest("A WebSocket needs `Sec-WebSocket-Version` and a `Sec-WebSocket-Key` of 16 bytes")
    if not environ.keys() & {"gunicorn.socket", "werkzeug.socket"}:
        raise NoSockets


def response(environ: WSGIEnvironment) -> bytes:
    """The 101. No extension is agreed to: deflate would keep buffers for each socket."""
    return ACCEPTED + generate_accept_token(environ["HTTP_SEC_WEBSOCKET_KEY"].strip().encode()) + b"\r\n\r\n"


def _has_key(environ: WSGIEnvironment) -> bool:
    try:
        return len(base64.b64decode(environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip(), validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _tokens(environ: WSGIEnvironment, header: str) -> set[str]:
    return {token.strip().lower() for token in environ.get(header, "").split(",")}
