"""Traces as they are shown, and what is asked of them."""

from marshmallow import fields, validate

from app.traces.service import Conversation, Search
from app.web.schemas import Flag, GivenMoment, Schema, Text

MOST = validate.Range(1, 200, error="must be from 1 to 200")
LIMIT = {"minimum": 1, "maximum": 200}


class MineQuery(Schema):
    into: type | None = Conversation
    limit = fields.Integer(load_default=50, validate=MOST, metadata=LIMIT)
    cursor = Text(1, 64, load_default=None, metadata={"description": "`next_cursor` of a page"})
    conversation_id = Text(1, 128, load_default=None)


class SearchQuery(Schema):
    into: type | None = Search
    limit = fields.Integer(load_default=50, validate=MOST, metadata=LIMIT)
    before = Text(1, 64, load_default=None, metadata={"description": "`next_before` of a page"})
    tenant = Text(1, 128, load_default=None)
    user = Text(1, 128, load_default=None)
    feature = Text(1, 120, load_default=None, metadata={"example": "chat.turn"})
    outcome = Text(1, 60, load_default=None, metadata={"example": "completed"})
    conversation_id = Text(1, 128, load_default=None)
    since = GivenMoment(data_key="from", load_default=None, metadata={"example": "2026-11-01"})
    until = GivenMoment(data_key="to", load_default=None, metadata={"description": "Not in it"})


class StageOut(Schema):
    name = fields.String(
        metadata={
            "description": "`admission`, `care`, `context`, `prompt`, `generation`, `check`",
            "example": "context",
        }
    )
    at_ms = fields.Float(metadata={"description": "When it began, from the turn's beginning", "example": 1.2})
    ms = fields.Float(metadata={"example": 8.4})


class RetrievedOut(Schema):
    kind = fields.String(metadata={"example": "goal"})
    id = fields.String(metadata={"example": "goal_xyz789"})
    score = fields.Float(allow_none=True, metadata={"description": "Null: not searched for", "example": 0.0325})
    matched = fields.Boolean(allow_none=True, metadata={"description": "False: it was only recent"})
    title = fields.String(allow_none=True, metadata={"description": "With the words; null: gone, or a fact's name"})


class FaultOut(Schema):
    provider = fields.String(metadata={"example": "openai"})
    model = fields.String(metadata={"example": "gpt-5-mini"})
    kind = fields.String(metadata={"example": "overloaded"})


class CallOut(Schema):
    provider = fields.String(metadata={"example": "openai"})
    model = fields.String(metadata={"example": "gpt-5-mini"})
    outcome = fields.String(metadata={"example": "ok"})
    at_ms = fields.Float(metadata={"example": 12.7})
    ms = fields.Float(metadata={"example": 1840})
    first_token_ms = fields.Float(allow_none=True, metadata={"example": 420})
    input_tokens = fields.Integer(metadata={"example": 1900})
    output_tokens = fields.Integer(metadata={"example": 240})
    estimated = fields.Boolean(metadata={"description": "The vendor gave no count"})
    cost_usd = fields.Float(allow_none=True, metadata={"description": "Null: no price is known", "example": 0.000955})
    attempts = fields.Integer(metadata={"description": "Requests to vendors", "example": 1})
    faults = fields.List(fields.Nested(FaultOut), metadata={"description": "Those that failed"})


class UsageOfTurnOut(Schema):
    calls = fields.Integer(metadata={"example": 1})
    input_tokens = fields.Integer(metadata={"example": 1900})
    output_tokens = fields.Integer(metadata={"example": 240})
    cost_usd = fields.Float(metadata={"description": "Of the calls that have a price", "example": 0.000955})
    unpriced = fields.Integer(metadata={"description": "Calls without one", "example": 0})
    retries = fields.Integer(metadata={"description": "Attempts that failed", "example": 0})
    failovers = fields.Integer(metadata={"description": "Of these, such at models that another one answered for"})


class WordsOut(Schema):
    asked = fields.String(allow_none=True, metadata={"example": "What should I do first?"})
    answered = fields.String(allow_none=True, metadata={"example": "Begin with the half marathon."})


class TraceOut(Schema):
    id = fields.String(metadata={"example": "trace_0198c0de"})
    feature = fields.String(metadata={"example": "chat.turn"})
    answer_id = fields.String(allow_none=True, metadata={"example": "msg_xyz789"})
    conversation_id = fields.String(allow_none=True, metadata={"example": "session_xyz789"})
    request_id = fields.String(allow_none=True, metadata={"description": "`X-Request-Id`; null for jobs and sockets"})
    outcome = fields.String(
        metadata={
            "description": "`completed`, `cancelled`, `crisis`, `cut` (by care), or an error's code",
            "example": "completed",
        }
    )
    created_at = fields.String(metadata={"format": "date-time"})
    ms = fields.Float(metadata={"description": "The whole turn, without admission", "example": 1862.1})
    overhead_ms = fields.Float(metadata={"description": "Of it, what was no model's time", "example": 21.9})
    stages = fields.List(fields.Nested(StageOut))
    retrieved = fields.List(fields.Nested(RetrievedOut))
    calls = fields.List(fields.Nested(CallOut))
    usage = fields.Nested(UsageOfTurnOut)
    words = fields.Nested(WordsOut, metadata={"description": "As far as they are kept; not in lists"})


class TracesOut(Schema):
    traces = fields.List(fields.Nested(TraceOut))
    has_more = fields.Boolean()
    next_cursor = fields.String(allow_none=True)


class AnyTraceOut(TraceOut):
    tenant = fields.String(metadata={"example": "acme"})
    user = fields.String(metadata={"example": "user_xyz789"})
    words_allowed = fields.Boolean(metadata={"description": "Whether the tenant lets operators read words"})


class AnyTracesOut(Schema):
    traces = fields.List(fields.Nested(AnyTraceOut))
    has_more = fields.Boolean()
    next_before = fields.String(allow_none=True)


class SettingsIn(Schema):
    operators_read_words = Flag(required=True, metadata={"example": True})


class SettingsOut(Schema):
    operators_read_words = fields.Boolean(metadata={"example": False})
