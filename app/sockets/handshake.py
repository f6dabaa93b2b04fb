"""Turning a request into a socket: what the client must ask for, and what it is answered."""

import base64
import binascii
from typing import Any

from flask import Request, request
from wsproto.utilities import generate_accept_token

from app.core.errors import AppError, BadRequest

VERSION = "13"
ASK_AGAIN = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": VERSION}
ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "


class UpgradeRequired(AppError):
    code, status, text = "UPGRADE_REQUIRED", 426, "This address speaks WebSocket: connect with an Upgrade header"


class NoSockets(AppError):
    code, status, text = "NOT_IMPLEMENTED", 501, "This server can't speak WebSocket"


def wants_upgrade() -> bool:
    """Whether the current request asks for a WebSocket."""
    return "websocket" in _tokens(request.headers.get("Upgrade", ""))


def shake_hands() -> Any:
    """Answers 101 and returns the raw socket. Raises ``UpgradeRequired`` or ``BadRequest`` before anything is sent."""
    _check(request)
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    if connection is None:
        raise NoSockets
    token = generate_accept_token(request.headers["Sec-WebSocket-Key"].strip().encode())
    connection.settimeout(None)
    connection.sendall(ACCEPTED + token + b"\r\n\r\n")
    return connection


def _check(asked: Request) -> None:
    if not wants_upgrade() or asked.headers.get("Sec-WebSocket-Version", VERSION).strip() != VERSION:
        raise UpgradeRequired(headers=ASK_AGAIN)
    if asked.method != "GET" or "upgrade" not in _tokens(asked.headers.get("Connection", "")):
        raise BadRequest("A WebSocket begins with GET and `Connection: Upgrade`")
    if "Sec-WebSocket-Version" not in asked.headers or not _is_nonce(asked.headers.get("Sec-WebSocket-Key", "")):
        raise BadRequest("A WebSocket needs `Sec-WebSocket-Version` and a `Sec-WebSocket-Key` of 16 bytes")


def _is_nonce(key: str) -> bool:
    try:
        return len(base64.b64decode(key.strip(), validate=True)) == 16
    except (binascii.Error, ValueError):
        return False


def _tokens(header: str) -> set[str]:
    return {token.strip().lower() for token in header.split(",")}
