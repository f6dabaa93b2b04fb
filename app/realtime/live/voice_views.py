"""``/ws/voice/``: the frames of ``/ws/chat/`` for a person who is signed in, in a thread of their own."""

import time
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, request

from app.accounts import settings
from app.auth.guards import bearer_token, page_token, place, socket
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.auth.tokens import Pass, Tokens
from app.care import countries
from app.core.errors import Unauthorized, Unavailable
from app.db.session import db
from app.realtime import own_thread, threads
from app.realtime.conversation_store import NoAgent
from app.realtime.live import connection
from app.realtime.live.connection import Connection
from app.realtime.live.conversation import AgentProfile, Thread
from app.realtime.live.events import Refusal
from app.realtime.live.refused import Refused
from app.realtime.live.turn import RealtimeServices
from app.realtime.live.views import language
from app.sockets.routing import sock
from app.sockets.socket import Socket
from app.web.container import resolve

blp = Blueprint("voice_socket", __name__)
SIGN_IN = "Sign in again"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody's sign-in, for as long as a socket is open by it."""

    tokens: Tokens
    given: Pass

    def lasts(self) -> bool:
        return time.time() < self.given.expires_at and self.tokens.permit(self.given)

    def check(self) -> None:
        """Raises ``Unauthorized``."""
        if not self.lasts():
            raise Unauthorized(SIGN_IN)


@sock.route("/ws/voice/", bp=blp, max_message_size=connection.LARGEST, strict_slashes=False)
@socket(OWN)
def voice_socket(opened: Socket) -> None:
    """The realtime coach by one's own sign-in: bearer token in the header or as `?access_token=`, or a page's cookie"""
    services = resolve(RealtimeServices)
    try:
        visit = _visit()
        thread = _thread(services, visit.given.principal)
    except Refused as refused:
        opened.close(refused.code, refused.reason)
        return
    opened.admit()
    opened.keep_while(visit.lasts, partial(opened.close, Refusal.FORBIDDEN, SIGN_IN))
    connection.serve(opened, Connection(opened, services, thread, language(), visit.check, SIGN_IN))


def _visit() -> Visit:
    tokens = resolve(Tokens)
    try:
        return Visit(tokens, tokens.examine(bearer_token() or request.args.get("access_token", "") or page_token()))
    except Unauthorized:
        raise Refused(Refusal.FORBIDDEN, SIGN_IN) from None
    except Unavailable as error:
        raise Refused(Refusal.TRY_LATER, error.text) from None


def _thread(services: RealtimeServices, principal: Principal) -> Thread:
    bot_id = request.args.get("bot_id", "")
    if not bot_id:
        raise Refused(Refusal.MISSING, "bot_id is required")
    if not threads.may_be_own(principal.user_id):
        raise Refused(Refusal.NO_SESSION, "This id can have no thread of its own")
    with db.begin() as session:
        own_thread.open_with(session, principal, bot_id)
    try:
        thread = services.store.find(principal.tenant_id, bot_id, principal.user_id)
    except NoAgent:
        raise Refused(Refusal.NO_AGENT, "Coach not found or inactive") from None
    if thread is None:
        raise Refused(Refusal.NO_SESSION, "Another device of yours has just begun with another coach")
    return replace(thread, place=place(_country(principal, thread.agent)))


def _country(principal: Principal, agent: AgentProfile) -> str:
    """What the person has set counts before what the agent is for."""
    asked, home = request.args.get("country", ""), settings.home(db, principal.tenant_id, principal.user_id)
    if countries.exists(asked):
        return asked
    return home.country or ("" if home.zone else agent.country)
