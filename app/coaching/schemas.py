"""Bodies of the coaching endpoints."""

import msgspec
from marshmallow import ValidationError, fields, validate

from app.coaching.sessions import MessagesRequest, SessionsRequest
from app.db.pages import MOST_AT_ONCE
from app.web.schemas import Schema, Text
from app.web.unified import RawObject

LARGEST_CONTEXT = 16_000  # bytes as JSON
ID = {"example": "sess_abc123"}
TOPIC = {"example": "core_values"}


def bounded(value: object) -> None:
    if len(msgspec.json.encode(value)) > LARGEST_CONTEXT:
        raise ValidationError(f"must be at most {LARGEST_CONTEXT} bytes of JSON")


class StartIn(Schema):
    topic_id = Text(1, 100, required=True, metadata=TOPIC)
    context = fields.Dict(
        keys=fields.String(), load_default=dict, allow_none=True, validate=bounded,
        metadata={"example": {"business_name": "Acme Corp", "industry": "Technology"}},
    )  # fmt: skip


class CoachingSessionIn(Schema):
    session_id = Text(1, 100, required=True, metadata=ID)


class CoachingSessionQuery(CoachingSessionIn):
    into = MessagesRequest
    limit = fields.Integer(load_default=MOST_AT_ONCE, validate=validate.Range(1, MOST_AT_ONCE))
    before = fields.Integer(
        load_default=None, validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "The messages before this place are wanted"},
    )  # fmt: skip


class CoachingMessageIn(CoachingSessionIn):
    message = Text(1, 4000, required=True, metadata={"example": "I think integrity matters most to me"})


class CoachingSessionsQuery(Schema):
    into = SessionsRequest
    include_completed = fields.Boolean(load_default=False)
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    cursor = Text(1, 100, load_default=None, metadata={"description": "`next_cursor` of the page before"})


class CoachingTopicQuery(Schema):
    topic_id = Text(1, 100, required=True, metadata=TOPIC)


class CoachingSessionOut(RawObject):
    """The session's keys stand at the top and, with the coach's text as ``message``, in ``data``."""

    success = fields.Boolean(metadata={"example": True})
    message = fields.String(metadata={"example": "Session started successfully"})
    session_id = fields.String(metadata=ID)
    topic_id = fields.String(metadata=TOPIC)
    status = fields.String(metadata={"enum": ["active", "paused", "completed", "cancelled"]})
    turn = fields.Integer(metadata={"example": 1, "description": "1 and the person's messages so far"})
    max_turns = fields.Integer(metadata={"example": 10})
    is_final = fields.Boolean(metadata={"example": False})
    resumed = fields.Boolean(metadata={"example": False})
    message_count = fields.Integer(metadata={"example": 1})
    estimated_completion = fields.Float(metadata={"example": 0.05})
    coach_message = fields.String(metadata={"example": "Which decision of the last year are you proudest of?"})
    result = fields.Raw(allow_none=True, metadata={"description": "As the topic's result schema; null until the end"})
    metadata = fields.Raw(allow_none=True, metadata={"description": "`model`, `processing_time_ms`, `tokens_used`"})
    data = fields.Raw(metadata={"description": "The same keys; `message` is the coach's text"})
