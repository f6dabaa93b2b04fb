"""``/ws/chat/``: who may come in, and with which code the others are sent away."""

import re
from dataclasses import replace

from flask import Blueprint, request

from app.auth.allow_list import allows
from app.auth.api_keys import Key, Keyring
from app.auth.guards import key_socket, request_source
from app.core.errors import AppError
from app.realtime.conversation_store import NoAgent
from app.realtime.live import connection
from app.realtime.live.connection import Connection
from app.realtime.live.conversation import Thread
from app.realtime.live.events import Refusal
from app.realtime.live.turn import RealtimeServices
from app.sockets.routing import sock
from app.sockets.socket import Socket
from app.web.container import resolve

blp = Blueprint("realtime_socket", __name__)
THREAD = re.compile(r"user_[0-9a-f]{16}")
SCHEME = "api-key "


class Refused(Exception):
    """A handshake ends with this code."""

    def __init__(self, code: Refusal, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


@sock.route("/ws/chat/", bp=blp, max_message_size=connection.LARGEST, strict_slashes=False)
@key_socket
def chat_socket(opened: Socket) -> None:
    """The realtime coach: text, sound, visemes and slides over one socket"""
    services = resolve(RealtimeServices)
    try:
        thread = _thread(services, _key())
    except Refused as refused:  # told on the open socket, since browsers see no other
        opened.close(refused.code, refused.reason)
        return
    opened.admit()
    language = request.args.get("website_language", "").replace("\x00", "")[:20]
    connection.serve(opened, Connection(opened, services, thread, language, _is_still_allowed))


def _thread(services: RealtimeServices, key: Key) -> Thread:
    bot_id, thread_id = request.args.get("bot_id", ""), request.args.get("thread_id", "")
    if not bot_id or not thread_id:
        raise Refused(Refusal.MISSING, "bot_id and thread_id are required")
    if not THREAD.fullmatch(thread_id):
        raise Refused(Refusal.NO_SESSION, "thread_id must match ^user_[0-9a-f]{16}$")
    try:
        thread = services.store.find(key.tenant_id, bot_id, thread_id)
    except NoAgent:
        raise Refused(Refusal.NO_AGENT, "Agent not found or inactive") from None
    if thread is None:
        raise Refused(Refusal.NO_SESSION, "Session not found")
    return replace(thread, key_id=key.id)


def _is_still_allowed() -> bool:
    """A key that was revoked meanwhile opens nothing any more."""
    try:
        _key()
    except Refused:
        return False
    return True


def _key() -> Key:
    """From the header, the query or a cookie."""
    header = request.headers.get("Authorization", "")
    text = header[len(SCHEME) :] if header.lower().startswith(SCHEME) else request.headers.get("X-API-Key", "")
    text = (
        text or request.args.get("api_key", "") or request.args.get("apikey", "") or request.cookies.get("api_key", "")
    )
    try:
        key = resolve(Keyring).check(text.strip())
    except AppError:
        raise Refused(Refusal.FORBIDDEN, "Invalid or inactive API key") from None
    if not allows(key.allow, request_source()):
        raise Refused(Refusal.FORBIDDEN, "Origin/Host/IP not allowed for this API key")
    return key
