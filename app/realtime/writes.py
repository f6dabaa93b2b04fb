"""Making and changing rows: each takes the row that there is, or None for a new one, and what a body said."""

import re
import secrets
from collections.abc import Mapping
from typing import TypeGuard, TypeVar

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.care.assessment import assess
from app.care.safety import Safety
from app.core.clock import now
from app.core.json import as_object
from app.realtime import media
from app.realtime.models import Agent, Chat, CoachSession, SlideDeck, SlideRevision, Voice
from app.realtime.threads import is_teams

KEPT_REVISIONS = 50  # of one deck
LARGEST_ID = 2**31 - 1
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
Fields = dict[str, object]
Row = TypeVar("Row", Voice, Agent, CoachSession, Chat)


def voice(session: Session, tenant: str, row: Voice | None, body: Fields) -> Voice:
    made = changed(row or Voice(tenant_id=tenant), body)
    return _flushed(session, made, "name", "A voice of this name exists already")


def agent(session: Session, tenant: str, row: Agent | None, body: Fields) -> Agent:
    if "voice" in body:
        body["voice_pk"] = body.pop("voice")
        its = Voice.tenant_id == tenant, Voice.id == body["voice_pk"]
        if body["voice_pk"] is not None and session.scalar(select(Voice.id).where(*its)) is None:
            raise media.refused("voice", "No such voice")
    _take_model(row, body)
    made = changed(row or Agent(tenant_id=tenant), body)
    return _flushed(session, made, "name", "This agent can't be stored")


def _take_model(row: Agent | None, body: Fields) -> None:
    """The avatar's model has two names. When both came, the one that says something new is meant."""
    given = [body.pop(name) for name in ("glb", "glb_url") if name in body]
    if given:
        shown = row.glb if row else None
        body["glb"] = next((url for url in given if url != shown), shown)


def session(session: Session, tenant: str, row: CoachSession | None, body: Fields) -> CoachSession:
    named = body.pop("agent", None), body.pop("bot_id", None)
    if row is None or named != (None, None):
        body["agent_id"] = _agent_id(session, tenant, *named)
    if row is not None:
        body.pop("thread_id", None)
    elif not body.get("thread_id"):
        body["thread_id"] = f"user_{secrets.token_hex(8)}"
    made = changed(row or CoachSession(tenant_id=tenant), body)
    return _flushed(session, made, "thread_id", "A session of this thread exists already")


def chat(session: Session, tenant: str, row: Chat | None, body: Fields) -> Chat:
    """What is written from outside is looked at too: the next turn has it in its history."""
    _take_session(session, tenant, row, body)
    found = Safety(assess(str(body.get("query", "")))).stored
    if found:
        body["meta"] = {**as_object(body.get("meta", row.meta if row else {})), "safety": found}
    return _flushed(session, changed(row or Chat(tenant_id=tenant), body), "session", "This chat can't be stored")


def slides(session: Session, tenant: str, row: SlideDeck | None, body: Fields) -> SlideDeck:
    """A new deck for a session that has one changes that one."""
    session_id = _take_session(session, tenant, row, body)
    body.pop("rotate", None)
    return write_deck(session, tenant, session_id, body)


def write_deck(session: Session, tenant: str, session_id: int, body: Mapping[str, object]) -> SlideDeck:
    """A real change makes the next version and keeps it as a revision; the same again changes nothing."""
    content = {name: body[name] for name in ("title", "summary", "editorjs") if name in body}
    by = str(body.get("updated_by") or "")
    moment = now()
    fresh = {"title": "", "summary": "", "editorjs": {}} | content
    made = insert(SlideDeck).values(
        tenant_id=tenant, session_id=session_id, version=1, updated_by=by, created_at=moment, updated_at=moment, **fresh
    )
    new_id = session.scalar(made.on_conflict_do_nothing(index_elements=["session_id"]).returning(SlideDeck.id))
    held = select(SlideDeck).where(SlideDeck.tenant_id == tenant, SlideDeck.session_id == session_id)
    deck = session.scalars(held.with_for_update().execution_options(populate_existing=True)).one()
    if new_id is None:
        if all(_meant(getattr(deck, name)) == _meant(value) for name, value in content.items()):
            return deck
        for name, value in content.items():
            setattr(deck, name, value)
        deck.version, deck.updated_by, deck.updated_at = deck.version + 1, by, moment
    _keep_revision(session, deck)
    return deck


def _meant(value: object) -> object:
    """Without what an editor writes anew at every save: the time, its version, ids of blocks."""
    if not isinstance(value, dict):
        return value
    blocks = value.get("blocks")
    kept = {name: part for name, part in value.items() if name not in ("time", "version")}
    return kept | {"blocks": [_without_id(block) for block in blocks]} if isinstance(blocks, list) else kept


def _without_id(block: object) -> object:
    return {name: part for name, part in block.items() if name != "id"} if isinstance(block, dict) else block


def revert(session: Session, deck: SlideDeck, revision: SlideRevision, by: str) -> SlideDeck:
    """An earlier content as the next version."""
    content = {name: getattr(revision, name) for name in ("title", "summary", "editorjs")}
    return write_deck(session, deck.tenant_id, deck.session_id, content | {"updated_by": by})


def _keep_revision(session: Session, deck: SlideDeck) -> None:
    session.add(SlideRevision(
        deck_id=deck.id, version=deck.version, title=deck.title, summary=deck.summary, editorjs=deck.editorjs,
        updated_by=deck.updated_by, created_at=deck.updated_at,
    ))  # fmt: skip
    old = SlideRevision.deck_id == deck.id, SlideRevision.version <= deck.version - KEPT_REVISIONS
    session.execute(delete(SlideRevision).where(*old))
    session.flush()


def _agent_id(session: Session, tenant: str, pk: object, bot_id: object) -> int:
    its: ColumnElement[bool] | None = None
    if isinstance(pk, int) and not isinstance(pk, bool):
        its = Agent.id == pk if pk <= LARGEST_ID else None
    elif is_uuid(given := bot_id or pk):
        its = Agent.bot_id == given
    found = None if its is None else session.scalar(select(Agent.id).where(Agent.tenant_id == tenant, its))
    if found is None:
        name = "agent" if pk is not None else "bot_id"
        raise media.refused(name, "No such agent" if (pk, bot_id) != (None, None) else "agent or bot_id is required")
    return found


def _take_session(session: Session, tenant: str, row: Chat | SlideDeck | None, body: Fields) -> int:
    """The session by its id or its thread, of this tenant only."""
    pk, thread_id = body.pop("session", None), body.pop("thread_id", None)
    if row is not None and pk is None and thread_id is None:
        return row.session_id
    if pk is None and thread_id is None:
        raise media.refused("session", "session or thread_id is required")
    its = CoachSession.id == pk if pk is not None else CoachSession.thread_id == thread_id
    teams = CoachSession.tenant_id == tenant, is_teams(CoachSession.thread_id)
    found = session.scalar(select(CoachSession.id).where(*teams, its))
    if found is None or (row is not None and row.session_id != found):
        raise media.refused("session" if pk is not None else "thread_id", "No such session")
    body["session_id"] = found
    return found


def changed(row: Row, body: Fields) -> Row:
    for name, value in body.items():
        setattr(row, name, value)
    moment = now()
    row.created_at = row.created_at or moment
    if not isinstance(row, Voice):
        row.updated_at = moment
    return row


def _flushed(session: Session, row: Row, name: str, taken: str) -> Row:
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise media.refused(name, taken) from None
    return row


def is_uuid(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and UUID.fullmatch(text) is not None
