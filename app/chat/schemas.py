"""Chat bodies, in and out, with the contract's field names."""

from typing import Any

from marshmallow import fields, post_dump, post_load, validate

from app.actions.schemas import ProposalOut
from app.attachments.schemas import AttachmentOut
from app.chat.attached import MOST
from app.chat.sessions import MessagesRequest
from app.db.pages import MOST_AT_ONCE, PageRequest
from app.web.schemas import Around, Flag, Moment, Schema, Text, UsageInfo, listed

LONGEST_MESSAGE = 10_000
LONGEST_TITLE = 200


class MessageIn(Schema):
    message = Text(1, LONGEST_MESSAGE, required=True, metadata={"example": "What are my goals for this month?"})
    sessionId = Text(1, 64, allow_none=True, load_default=None, metadata={"example": "session_abc123"})
    personalityId = Text(1, 64, allow_none=True, load_default=None, metadata={"example": "personality_abc123"})
    actions = Flag(
        allow_none=True, load_default=None,
        metadata={"description": "Whether the coach may propose changes to what I keep. Default: as I have set"},
    )  # fmt: skip
    attachments = listed(
        Text(1, 64), MOST, load_default=list, allow_none=True,
        metadata={"description": "Ids of files (`POST /api/v1/attachments`) whose words the coach is to read"},
    )  # fmt: skip

    @post_load
    def once_each(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        return data | {"attachments": list(dict.fromkeys(data["attachments"] or ()))}


class SessionIn(Schema):
    title = Text(1, LONGEST_TITLE, allow_none=True, load_default=None)
    personalityId = Text(1, 64, allow_none=True, load_default=None)


class TitleIn(Schema):
    title = Text(1, LONGEST_TITLE, required=True, metadata={"example": "Goal Planning for December"})


def without(data: dict[str, object], name: str) -> dict[str, object]:
    """What stands where there is something, and nowhere else."""
    if data.get(name) is None:
        data.pop(name, None)
    return data


class ProposingOut(Schema):
    """``proposals`` stand where actions were asked for, and nowhere else."""

    proposals = fields.List(
        fields.Nested(ProposalOut), metadata={"description": "What the coach proposed to do; only with `actions`"}
    )

    @post_dump
    def only_where_asked(self, data: dict[str, object], **_: object) -> dict[str, object]:
        return without(data, "proposals")


class AuthorOut(Schema):
    type = fields.String(metadata={"enum": ["human"]})
    name = fields.String(metadata={"example": "Carla Costa"})


class SaidOut(Schema):
    id = fields.String(metadata={"example": "msg_1"})
    role = fields.String(metadata={"enum": ["user", "assistant"]})
    content = fields.String(metadata={"example": "What are my goals?"})
    author = fields.Nested(AuthorOut, metadata={"description": "The human coach who wrote it; only where one did"})

    @post_dump
    def only_of_humans(self, data: dict[str, object], **_: object) -> dict[str, object]:
        return without(data, "author")


class EmbeddedMessageOut(SaidOut):
    """A message inside an answer, as events show it too."""

    timestamp = fields.String(metadata={"format": "date-time"})


class MessageOut(ProposingOut, Around, SaidOut):
    timestamp = Moment(attribute="created_at")
    status = fields.String(metadata={"enum": ["complete", "cancelled", "partial"]})
    context = fields.List(
        fields.String(), metadata={"description": "Ids of the goals, entries and remembered facts the coach had read"}
    )
    attachments = fields.List(
        fields.Nested(AttachmentOut), metadata={"description": "What was given with it, and is still there"}
    )


class AnswerOut(ProposingOut):
    sessionId = fields.String(attribute="turn.session_id", metadata={"example": "session_abc123"})
    messageId = fields.String(attribute="message_id", metadata={"example": "msg_xyz789"})
    response = fields.String(
        attribute="outcome.told", metadata={"example": "Based on your goals, you have 3 active goals for this month…"}
    )
    timestamp = fields.String(metadata={"format": "date-time"})
    userMessage = fields.Nested(EmbeddedMessageOut, attribute="turn.question")
    assistantMessage = fields.Nested(EmbeddedMessageOut, attribute="message", allow_none=True)
    usageInfo = fields.Nested(UsageInfo, attribute="usage_info")
    metadata = fields.Dict(
        metadata={"description": "The model that answered, the documents it had, and what was found in the message"}
    )
    cancelled = fields.Boolean(attribute="is_cancelled")


class SessionOut(Schema):
    id = fields.String(metadata={"example": "session_abc123"})
    user_id = fields.String(metadata={"example": "user_xyz789"})
    title = fields.String(metadata={"example": "New Conversation"})
    personality_id = fields.String(allow_none=True)
    created_at = Moment()
    updated_at = Moment()
    message_count = fields.Integer(metadata={"example": 0})


class SessionWithMessagesOut(Around, SessionOut):
    messages = fields.List(fields.Nested(MessageOut))
    has_more = fields.Boolean(metadata={"description": "There are earlier messages: before `next_before`"})
    next_before = fields.String(allow_none=True, metadata={"example": None})
    taken_over_by = fields.Nested(
        AuthorOut, attribute="coach", metadata={"description": "The human coach who has it; only while one does"}
    )

    @post_dump
    def only_while_taken_over(self, data: dict[str, object], **_: object) -> dict[str, object]:
        return without(data, "taken_over_by")


class NewSessionOut(SessionWithMessagesOut):
    disclosure = fields.String(metadata={"description": "That a machine answers, to be shown to the person"})


class MessagesQuery(Schema):
    into = MessagesRequest
    limit = fields.Integer(
        load_default=MOST_AT_ONCE, validate=validate.Range(1, MOST_AT_ONCE, error=f"must be from 1 to {MOST_AT_ONCE}")
    )
    before = Text(1, 64, load_default=None, metadata={"description": "Id of a message; those before it are wanted"})


class SessionRow(Schema):
    id = fields.String(metadata={"example": "session_abc123"})
    title = fields.String(metadata={"example": "Goal Planning Discussion"})
    created_at = Moment()
    updated_at = Moment()
    message_count = fields.Integer(metadata={"example": 12})
    last_message = fields.String(allow_none=True, metadata={"example": "That sounds like a great plan!"})


class SessionsQuery(Schema):
    into = PageRequest
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 200, error="must be from 1 to 200"))
    cursor = Text(1, 64, load_default=None)


class SessionsOut(Schema):
    sessions = fields.List(fields.Nested(SessionRow), attribute="items")
    total = fields.Integer(metadata={"example": 2})
    nextCursor = fields.String(attribute="next_cursor", allow_none=True)


class DeletedOut(Schema):
    message = fields.String(metadata={"example": "Session deleted successfully"})
    id = fields.String(metadata={"example": "session_abc123"})
    success = fields.Boolean()


class TitleOut(Schema):
    id = fields.String(metadata={"example": "session_abc123"})
    title = fields.String(metadata={"example": "Goal Planning for December"})
    updated_at = Moment()
    success = fields.Boolean(dump_default=True)


class CancelledOut(Schema):
    sessionId = fields.String(attribute="session_id", metadata={"example": "session_abc123"})
    turnId = fields.String(attribute="turn_id", allow_none=True)
    cancelled = fields.Boolean(attribute="is_cancelled", metadata={"description": "False when nothing was running"})


class TakeOverOut(Schema):
    """Null where the model answers."""

    session_id = fields.String(attribute="id", metadata={"example": "session_abc123"})
    taken_over_by = fields.Nested(AuthorOut, attribute="coach", allow_none=True)
    taken_over_until = Moment(
        attribute="coach_until", allow_none=True, metadata={"description": "Unless the coach says something more"}
    )
