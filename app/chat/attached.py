"""Files that a person gives with a message: shown with it, their words heard by care and told to the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.attachments import documents, service
from app.attachments.models import Attachment
from app.attachments.reader import Reader
from app.chat.models import ChatMessage, ChatSession
from app.core.errors import Unavailable
from app.core.json import texts_of
from app.db.ownership import Owner
from app.retrieval.index import Document
from app.web.container import resolve

MOST = 10  # of one message
MOST_BEFORE = 20  # of the messages before it


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is read back."""

    subject: ChatMessage
    attachments: Sequence[Attachment] = ()


def heard(owner: Owner, ids: object) -> str:
    """For the look at a request: what is wrong with the ids, or with a file, is told by whoever answers it."""
    reader, named = resolve(Reader), [one for one in texts_of(ids) if one.isprintable()][:MOST]
    with reader.db.read() as session:
        there = service.there(session, owner, named)
    try:
        return documents.heard(reader.words_of(there))
    except Unavailable:
        return ""


def said(reader: Reader, owner: Owner, ids: Sequence[str]) -> str:
    """Raises ``Missing`` for a file that is not theirs."""
    return documents.heard(reader.words(owner, ids)) if ids else ""


def of_message(reader: Reader, owner: Owner, ids: Sequence[str]) -> list[Document]:
    """Those that are still there."""
    if not ids:
        return []
    with reader.db.read() as session:
        there = service.there(session, owner, list(dict.fromkeys(ids))[: MOST + MOST_BEFORE])
    return documents.documents(reader.words_of(there))


def shown(session: Session, owner: Owner, messages: Sequence[ChatMessage]) -> list[Said]:
    """With the files that are still there."""
    ids = {one for message in messages for one in message.attachment_ids}
    found: Mapping[str, Attachment] = {row.id: row for row in service.there(session, owner, list(ids))} if ids else {}
    return [Said(message, [found[one] for one in message.attachment_ids if one in found]) for message in messages]


def given_in(session: Session, session_id: str) -> list[str]:
    """The ids of what was given in a conversation."""
    its = ChatMessage.session_id == session_id, func.jsonb_array_length(ChatMessage.attachment_ids) > 0
    lists = session.scalars(select(ChatMessage.attachment_ids).where(*its))
    return [one for ids in lists for one in ids]


def remove(session: Session, owner: Owner, ids: Sequence[str]) -> None:
    """What no entry and no other message has."""
    if ids:
        service.remove_all(session, owner, Attachment.id.in_(ids), Attachment.entry_id.is_(None), ~_is_given(owner))


def _is_given(owner: Owner) -> ColumnElement[bool]:
    mine = ChatSession.id == ChatMessage.session_id, ChatSession.owned_by(owner)
    return exists().where(*mine, ChatMessage.attachment_ids.has_key(Attachment.id))
