"""``/ws/chat/``: who may come in, and with which code the others are sent away."""

import re
from dataclasses import replace
from functools import partial

from flask import Blueprint, request

from app.auth.guards import admitted_key, key_socket, place, use_again, use_of
from app.auth.keyring import Key, Keyring
from app.auth.principals import Scope
from app.care import countries
from app.core.errors import AppError, Forbidden, RateLimited
from app.realtime.conversation_store import NoAgent
from app.realtime.live import connection
from app.realtime.live.connection import GONE, Connection
from app.realtime.live.conversation import Thread
from app.realtime.live.events import Refusal
from app.realtime.live.refused import Refused
from app.realtime.live.turn import RealtimeServices
from app.realtime.threads import FORM
from app.sockets.routing import sock
from app.sockets.socket import Socket
from app.web.container import resolve

blp = Blueprint("realtime_socket", __name__)
THREAD = re.compile(FORM)
SCHEME = "api-key "


@sock.route("/ws/chat/", bp=blp, max_message_size=connection.LARGEST, strict_slashes=False)
@key_socket(Scope.CONNECT)
def chat_socket(opened: Socket) -> None:
    """The realtime coach: text, sound, visemes and slides over one socket"""
    services = resolve(RealtimeServices)
    try:
        key = _key()
        thread = _thread(services, key)
    except Refused as refused:  # told on the open socket, since browsers see no other
        opened.close(refused.code, refused.reason)
        return
    opened.admit()
    opened.keep_while(partial(resolve(Keyring).permit, key), partial(opened.close, Refusal.FORBIDDEN, GONE))
    connection.serve(opened, Connection(opened, services, thread, language(), partial(use_again, key)))


def language() -> str:
    """That of the page which opens a socket."""
    return request.args.get("website_language", "").replace("\x00", "")[:20]


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
    country = request.args.get("country", "")
    return replace(thread, key_id=key.id, place=place(country if countries.exists(country) else thread.agent.country))


def _key() -> Key:
    try:
        key = admitted_key(_given(), Scope.CONNECT)
        use_of(key)
    except Forbidden as error:
        raise Refused(Refusal.FORBIDDEN, error.text) from None
    except RateLimited as error:
        raise Refused(Refusal.TRY_LATER, f"{error.text}: try again in {error.retry_after} s") from None
    except AppError:
        raise Refused(Refusal.FORBIDDEN, "Invalid or inactive API key") from None
    return key


def _given() -> str:
    """From the header, the query or a cookie."""
    header = request.headers.get("Authorization", "")
    text = header[len(SCHEME) :] if header.lower().startswith(SCHEME) else request.headers.get("X-API-Key", "")
    query = request.args.get("api_key", "") or request.args.get("apikey", "")
    return (text or query or request.cookies.get("api_key", "")).strip()
