"""Letting a message in: session, message and turn are stored together before any model is called."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care import disclosure
from app.care.levels import Level
from app.care.safety import UNHARMED, Safety
from app.chat.models import UNTITLED, Author, ChatTurn
from app.chat.statements import ADMIT_AGAIN, ADMIT_FIRST, ADMIT_FIRST_ONCE, ADMIT_NEXT, FIND, REPEATED
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id, run_id
from app.core.json import to_json
from app.db.session import Database
from app.db.statements import Statement
from app.streams.run import RunState
from app.turns import idempotency
from app.turns.idempotency import LIFE, Claim

TITLE_LENGTH = 50
PREVIEW_LENGTH = 1000

SESSION_NOT_FOUND = "Chat session not found"


class SessionBusy(Conflict):
    code, text = "SESSION_BUSY", "The coach is still answering in this session"


class PublicMessage(TypedDict):
    """A message as events and answers show it. One that is too long for an event travels without its text; an author
    is named where that is a human coach."""

    id: str
    role: str
    content: NotRequired[str]
    timestamp: str
    author: NotRequired[Author]


class NewMessage(TypedDict):
    message: str
    sessionId: str | None
    personalityId: str | None
    attachments: list[str]
    actions: NotRequired[bool | None]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person wants answered. Without ``session_id`` a new session begins. ``proposes``: whether with actions,
    None as the person has set."""

    principal: Principal
    message: str
    session_id: str | None = None
    personality_id: str | None = None
    claim: Claim | None = None
    safety: Safety = UNHARMED
    attachments: tuple[str, ...] = ()
    proposes: bool | None = None


@dataclass(frozen=True, slots=True)
class AdmittedTurn:
    """A turn that may run. ``is_new`` is False when the request led to one that exists already.

    ``position`` is that of the person's message in its session, counted from 1. With ``discloses`` its answer says
    that a machine gives it; with ``proposes`` it may propose actions. ``attachments`` are the ids of what was given
    with the message. With ``for_human`` a human coach has the session, and no model is asked.
    """

    id: str
    session_id: str
    principal: Principal
    answer_id: str
    question: PublicMessage
    personality_id: str | None
    position: int
    discloses: bool = False
    attachments: tuple[str, ...] = ()
    proposes: bool = False
    for_human: bool = False
    is_new: bool = True


def admit(db: Database, ask: Ask) -> AdmittedTurn:
    """Raises ``NotFound`` for a session that is not the caller's, ``SessionBusy`` while a turn runs in it."""
    try:
        if ask.claim is None:
            with db.single() as connection:
                return _placed(connection, ask, _new_turn_id(ask))
        if not ask.claim.is_named:
            with db.single() as connection:
                turn = _admitted(connection, ask, _new_turn_id(ask), ADMIT_FIRST_ONCE)
            if turn:
                return turn
        with db.begin() as session:
            return _claimed(session, ask, ask.claim)
    except IntegrityError as error:
        if "uq_chat_turns_running" in str(error.orig):
            raise SessionBusy from None
        raise


def _new_turn_id(ask: Ask) -> str:
    return run_id("turn", ask.principal.key)


def public_message(
    message_id: str, content: str, moment: datetime, role: str = "user", author: Author | None = None
) -> PublicMessage:
    message: PublicMessage = {"id": message_id, "role": role, "content": content, "timestamp": iso(moment)}
    if author is not None:
        message["author"] = author
    return message


def preview(content: str) -> str:
    return content[:PREVIEW_LENGTH]


def _placed(connection: Connection | Session, ask: Ask, turn_id: str) -> AdmittedTurn:
    """A new turn, or the one that has answered a message which its sender gave up. Raises ``NotFound``."""
    if ask.session_id is None:
        turn = _admitted(connection, ask, turn_id, ADMIT_FIRST)
    else:
        turn = _admitted(connection, ask, turn_id, ADMIT_NEXT) or _repeated(connection, ask, ask.session_id)
    if turn is None:
        raise NotFound(SESSION_NOT_FOUND)
    return turn


def _repeated(connection: Connection | Session, ask: Ask, session_id: str) -> AdmittedTurn | None:
    row = REPEATED.row(
        connection, {"session": session_id, "content": ask.message, "attachments": to_json(ask.attachments)}
    )
    return find_turn(connection, ask.principal, session_id, row.id) if row else None


def _admitted(connection: Connection | Session, ask: Ask, turn_id: str, statement: Statement) -> AdmittedTurn | None:
    moment, question_id, answer_id = now(), new_id("msg"), new_id("msg")
    values = {
        "turn": turn_id, "question": question_id, "answer": answer_id, "content": ask.message,
        "session": ask.session_id or new_id("session"), "personality": ask.personality_id, "untitled": UNTITLED,
        "tenant": ask.principal.tenant_id, "user": ask.principal.user_id, "title": _title(ask),
        "preview": preview(ask.message), "moment": moment, **(asdict(ask.claim) if ask.claim else {}),
        "safety": to_json(ask.safety.stored) if ask.safety.stored else None,
        "disclosed_before": moment - disclosure.AGAIN_AFTER, "attachments": to_json(ask.attachments),
        "proposes": ask.proposes,
    }  # fmt: skip
    place = statement.row(connection, values)
    if place is None:
        return None
    question = public_message(question_id, ask.message, moment)
    return AdmittedTurn(
        turn_id, place.id, ask.principal, answer_id, question, place.personality_id, place.message_count,
        place.discloses, ask.attachments, place.proposes, place.for_human,
    )  # fmt: skip


def _claimed(session: Session, ask: Ask, claim: Claim) -> AdmittedTurn:
    """The turn of an earlier request with the same claim, if there was one. One that failed is tried again."""
    turn_id = _new_turn_id(ask)
    kept = idempotency.claim(session, replace(claim, life=LIFE), turn_id)  # one by the body was found to be taken
    known = session.get(ChatTurn, kept)
    if known is None and (kept == turn_id or not claim.is_named):
        placed = _placed(session, ask, turn_id)
        idempotency.point_to(session, claim, placed.id)
        return placed
    turn = find_turn(session, ask.principal, known.session_id, kept) if known else None
    if known is None or turn is None:
        raise NotFound(SESSION_NOT_FOUND)
    if known.state != RunState.FAILED or _has_moved_on(session, known):
        return turn
    idempotency.point_to(session, claim, turn_id)
    return _again(session, turn, turn_id)


def find_turn(
    session: Session | Connection, principal: Principal, session_id: str, turn_id: str | None
) -> AdmittedTurn | None:
    """The turn of that id, or the last one; None when there is no such turn. Raises ``NotFound`` for the session."""
    owner = {"tenant": principal.tenant_id, "user": principal.user_id}
    row = FIND.row(session, {"session": session_id, "turn": turn_id, **owner})
    if row is None:
        raise NotFound(SESSION_NOT_FOUND)
    if row.turn is None:
        return None
    shown = public_message(row.id, row.content, row.created_at)
    place = row.personality_id, row.position, row.discloses, tuple(row.attachment_ids), row.proposes, row.for_human
    return AdmittedTurn(row.turn, session_id, principal, row.answer_id, shown, *place, is_new=False)


def _again(session: Session, failed: AdmittedTurn, turn_id: str) -> AdmittedTurn:
    moment, answer_id, owner = now(), new_id("msg"), failed.principal
    values = {
        "turn": turn_id, "session": failed.session_id, "question": failed.question["id"], "answer": answer_id,
        "tenant": owner.tenant_id, "user": owner.user_id, "moment": moment, "proposes": failed.proposes,
    }  # fmt: skip
    begun = ADMIT_AGAIN.row(session, values)
    for_human = begun is not None and begun.for_human
    return replace(failed, id=turn_id, answer_id=answer_id, for_human=for_human, is_new=True)


def _has_moved_on(session: Session, turn: ChatTurn) -> bool:
    """Whether the session has had another turn since; repeating an old one would put words out of order."""
    newer = select(ChatTurn.id).where(ChatTurn.session_id == turn.session_id, ChatTurn.id > turn.id).limit(1)
    return session.scalar(newer) is not None


def _title(ask: Ask) -> str:
    """Nobody finds what they said in a bad hour at the top of a list."""
    return UNTITLED if ask.safety.level is not Level.NONE else title_of(ask.message)


def title_of(message: str) -> str:
    """The first words."""
    return " ".join(message.lstrip()[: TITLE_LENGTH * 2].split())[:TITLE_LENGTH].strip()
