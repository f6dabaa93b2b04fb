"""The kinds of conversation that products keep: each with its messages, in order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, null, select

from app.chat.models import ChatMessage, ChatSession
from app.coaching.models import CoachingMessage, CoachingSession
from app.db.ownership import Owned
from app.topics.business.models import Conversation, ConversationMessage


@dataclass(frozen=True, slots=True)
class Kind:
    """``query`` answers user, id, begin and title of a conversation, then role, content, time and human author of a
    message of it.

    Without messages it is there once, with nothing beside it.
    """

    model: type[Owned]
    query: Select[Any]


def _kind(model: Any, message: Any, parent: Any, title: Any, order: Any) -> Kind:
    author = message.author_name if message is ChatMessage else null()
    said = message.role, message.content, message.created_at.label("said_at"), author.label("author")
    query = select(model.user_id, model.id, model.created_at, title, *said).outerjoin(message, parent == model.id)
    return Kind(model, query.order_by(model.user_id, model.created_at, model.id, order))


KINDS = (
    _kind(ChatSession, ChatMessage, ChatMessage.session_id, ChatSession.title, ChatMessage.position),
    _kind(
        CoachingSession, CoachingMessage, CoachingMessage.session_id, CoachingSession.topic_id, CoachingMessage.place
    ),
    _kind(
        Conversation, ConversationMessage, ConversationMessage.conversation_id, Conversation.topic,
        ConversationMessage.id,
    ),
)  # fmt: skip
