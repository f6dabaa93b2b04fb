"""Bodies of what operators see of the running service: jobs, models, connections."""

from marshmallow import fields, validate

from app.jobs.desk import JobSearch
from app.jobs.models import JobState, QueueName
from app.web.schemas import Choice, Moment, Schema, Text, tenant_field


class JobsQuery(Schema):
    into: type | None = JobSearch
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = Text(1, 64, load_default=None, metadata={"description": "`next_cursor` of the page before"})
    state = Choice(JobState, load_default=None)
    queue = Choice(QueueName, load_default=None)
    name = Text(1, 60, load_default=None, metadata={"example": "topics.run"})
    tenant = tenant_field()


class AdminJobOut(Schema):
    id = fields.String(metadata={"example": "550e8400-e29b-41d4-a716-446655440000"})
    name = fields.String(metadata={"example": "topics.run"})
    queue = fields.String(metadata={"enum": list(QueueName)})
    tenant = fields.String(metadata={"example": "acme"})
    user = fields.String(data_key="user_id", metadata={"example": "user_xyz789"})
    state = fields.String(metadata={"enum": list(JobState)})
    attempts = fields.Integer(metadata={"example": 1})
    lost_attempts = fields.Integer(metadata={"description": "Those whose worker was stopped or killed", "example": 0})
    error_code = fields.String(allow_none=True, metadata={"example": "AI_SERVICE_UNAVAILABLE"})
    due_at = Moment()
    created_at = Moment()
    started_at = Moment(allow_none=True)
    finished_at = Moment(allow_none=True)
    can_retry = fields.Boolean()
    can_cancel = fields.Boolean()


class AdminJobsOut(Schema):
    jobs = fields.List(fields.Nested(AdminJobOut))
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(),
        metadata={"description": "Of all jobs that are kept, by state", "example": {"queued": 2, "failed": 1}},
    )  # fmt: skip
    names = fields.List(fields.String(), metadata={"example": ["topics.run"]})
    has_more = fields.Boolean(metadata={"example": False})
    next_cursor = fields.String(allow_none=True)


class PriceOut(Schema):
    input = fields.Float(metadata={"example": 0.25, "description": "US dollars per million tokens of prompt"})
    output = fields.Float(metadata={"example": 2.0, "description": "The same of answer"})


class BreakerOut(Schema):
    process = fields.String(metadata={"example": "web-1:812"})
    state = fields.String(metadata={"enum": ["closed", "open", "half_open"]})
    fault = fields.String(allow_none=True, metadata={"description": "Why it can't be used at all", "example": None})


class ModelOut(Schema):
    """In the order in which they are asked. Without a price it is unknown, not free."""

    model = fields.String(metadata={"example": "openai:gpt-5-mini"})
    price = fields.Nested(PriceOut, allow_none=True)
    breakers = fields.List(fields.Nested(BreakerOut))
    calls = fields.Integer(metadata={"example": 120, "description": "In the last hour"})
    failed_calls = fields.Integer(metadata={"example": 2})
    median_ms = fields.Integer(allow_none=True, metadata={"example": 1840})


class ModelsOut(Schema):
    models = fields.List(fields.Nested(ModelOut))
    prices_as_of = fields.Date(metadata={"example": "2026-10-15"})


class ProcessOut(Schema):
    process = fields.String(metadata={"example": "web-1:812"})
    since = fields.String(metadata={"format": "date-time"})
    sockets = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"/ws": 3}})
    streams = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"turn": 1}})
    jobs = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"interactive": 2}})


class ConnectionsOut(Schema):
    sockets = fields.Integer(metadata={"example": 3})
    streams = fields.Integer(metadata={"example": 1})
    jobs = fields.Integer(metadata={"example": 2})
    processes = fields.List(fields.Nested(ProcessOut))
