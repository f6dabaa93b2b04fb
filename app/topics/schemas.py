"""Bodies of the topics' endpoints."""

from dataclasses import dataclass

from marshmallow import fields, post_load, validate

from app.care.schemas import ResourceOut, SafetyOut
from app.core.json import JSONObject
from app.db.pages import PageRequest
from app.web.schemas import Flag, Moment, Number, Schema, Text, Whole

REVIEW = {
    "qualityReview": "Your niche is clear but could be more specific.",
    "suggestions": [{"text": "We help B2B SaaS startups build predictable pipelines", "reasoning": "Names the market"}],
}
JOB = {
    "jobId": "550e8400-e29b-41d4-a716-446655440000",
    "status": "completed",
    "topicId": "niche_review",
    "createdAt": "2026-01-11T20:00:00.000Z",
    "completedAt": "2026-01-11T20:00:35.000Z",
    "estimatedDurationMs": 30000,
    "processingTimeMs": 35000,
    "result": REVIEW,
    "error": None,
    "errorCode": None,
}

DELIVERY = {
    "type": "ai.job.completed",
    "timestamp": "2026-01-11T20:00:35.000Z",
    "data": {name: JOB[name] for name in ("jobId", "topicId", "result", "processingTimeMs")},
}
DELIVERY_HEADERS = {
    "X-Coachhouse-Delivery": "Names the delivery, the same at each of up to five attempts",
    "X-Coachhouse-Timestamp": "When it was signed, in seconds since 1970",
    "X-Coachhouse-Signature": "`sha256=` and the hex HMAC-SHA256 of `<X-Coachhouse-Timestamp>.<body>` with the secret",
    "X-Coachhouse-Signature-Next": "The same with the new secret, while the secret is being changed",
}


@dataclass(frozen=True, slots=True)
class ExecuteBody:
    topic_id: str
    parameters: JSONObject


@dataclass(frozen=True, slots=True)
class ExecuteAsyncBody(ExecuteBody):
    callback_url: str | None


class ExecuteIn(Schema):
    into: type | None = ExecuteBody
    topic_id = Text(1, 100, required=True, metadata={"example": "niche_review"})
    parameters = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"example": {"current_value": "We help small business owners with marketing"}},
    )


class ExecuteAsyncIn(ExecuteIn):
    into: type | None = ExecuteAsyncBody
    callback_url = Text(1, 2083, load_default=None, allow_none=True, metadata={"example": "https://app.example/hooks"})


class MetadataOut(Schema):
    model = fields.String(metadata={"example": "gpt-4o-mini"})
    tokens_used = fields.Integer(metadata={"example": 450})
    cost_usd = fields.Float(allow_none=True, metadata={"example": 0.00034, "description": "Null: the price is unknown"})
    processing_time_ms = fields.Integer(metadata={"example": 2340})
    finish_reason = fields.String(metadata={"example": "stop"})
    missing = fields.List(fields.String(), metadata={"description": "Sources and parameters that could not be read"})
    safety = fields.Nested(SafetyOut)
    resources = fields.List(fields.Nested(ResourceOut), metadata={"description": "Who helps; there at a concern"})


class ExecuteOut(Schema):
    topic_id = fields.String(metadata={"example": "niche_review"})
    success = fields.Boolean(metadata={"example": True})
    data = fields.Raw(metadata={"description": "As the schema that `schema_ref` names", "example": REVIEW})
    schema_ref = fields.String(metadata={"example": "OnboardingReviewResponse"})
    metadata = fields.Nested(MetadataOut)


class ParameterOut(Schema):
    name = fields.String(metadata={"example": "current_value"})
    type = fields.String(metadata={"example": "string"})
    required = fields.Boolean(metadata={"example": True})
    description = fields.String(metadata={"example": "Current niche value to review"})


class TopicOut(Schema):
    topic_id = fields.String(metadata={"example": "niche_review"})
    name = fields.String(metadata={"example": "Niche Review"})
    description = fields.String(metadata={"example": "Review and suggest variations for business niche"})
    kind = fields.String(metadata={"example": "single_shot"})
    topic_type = fields.String(metadata={"example": "single_shot"})
    category = fields.String(metadata={"example": "onboarding"})
    response_model = fields.String(metadata={"example": "OnboardingReviewResponse"})
    parameters = fields.List(fields.Nested(ParameterOut))


class TopicsQuery(Schema):
    kind = Text(0, 20, load_default="single_shot", metadata={"description": "`all` adds the coaching topics"})


class JobsQuery(Schema):
    into = PageRequest
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    cursor = Text(1, 64, load_default=None, metadata={"description": "`next_cursor` of the page before"})


class RotationIn(Schema):
    overlap_hours = Whole(
        load_default=24,
        validate=validate.Range(0, 168),
        metadata={"description": "How long the secret so far goes on", "example": 24},
    )


class WebhookSecretOut(Schema):
    secret = fields.String(
        allow_none=True,
        metadata={
            "description": "Null when it has been shown",
            "example": "whsec_hM4Yk0kzT5tq2bWq0b6gkq3Xc9mZ8s1dFvQeJrLwUaI",
        },
    )
    createdAt = fields.String(metadata={"example": "2026-01-11T20:00:00.000Z"})
    signsFrom = fields.String(
        metadata={"description": "When it makes `X-Coachhouse-Signature`", "example": "2026-01-12T20:00:00.000Z"}
    )


class JobOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    data = fields.Raw(
        metadata={
            "description": "Keys of two words are there in snake_case too; a list of such objects for several jobs",
            "example": JOB,
        }
    )


class JobsOut(JobOut):
    has_more = fields.Boolean(metadata={"example": False})
    next_cursor = fields.String(allow_none=True)


class SettingIn(Schema):
    """What is named is changed; null goes back to what the catalogue says."""

    active = Flag(allow_none=True)
    model = Text(1, 200, allow_none=True, metadata={"example": "openai:gpt-5-mini"})
    temperature = Number(allow_none=True, validate=validate.Range(0, 2))
    max_tokens = Whole(allow_none=True, validate=validate.Range(16, 32_000))


class PromptIn(Schema):
    text = Text(1, 50_000, metadata={"example": "You review the niche of {{ business_name }}."})
    content = Text(1, 50_000)


class RollbackIn(Schema):
    version = Whole(required=True, validate=validate.Range(0, 2**31 - 1), metadata={"example": 2})


GIVEN = {"current_value": "We help small hotels"}


class DraftsIn(Schema):
    """Prompts that are tried in place of those in force; null or nothing for one that stays."""

    system = Text(1, 50_000, load_default=None, allow_none=True)
    user = Text(1, 50_000, load_default=None, allow_none=True, metadata={"example": "Review: {{ current_value }}"})

    @post_load
    def given(self, data: dict[str, str | None], **_: object) -> dict[str, str]:
        return {kind: text for kind, text in data.items() if text is not None}


@dataclass(frozen=True, slots=True)
class Trial:
    parameters: JSONObject
    prompts: dict[str, str]


class DryRunIn(Schema):
    into: type | None = Trial
    parameters = fields.Dict(keys=fields.String(), load_default=dict, metadata={"example": GIVEN})
    prompts = fields.Nested(DraftsIn, load_default=dict)


class TrialOut(Schema):
    """As `/ai/execute` answers, with the prompts as the model saw them."""

    topic_id = fields.String(metadata={"example": "niche_review"})
    prompts = fields.Dict(keys=fields.String(), values=fields.String())
    data = fields.Raw(metadata={"example": REVIEW})
    schema_ref = fields.String(metadata={"example": "OnboardingReviewResponse"})
    metadata = fields.Nested(MetadataOut)


@dataclass(frozen=True, slots=True)
class NewInput:
    name: str
    parameters: JSONObject


class SavedInputIn(Schema):
    into: type | None = NewInput
    name = Text(1, 100, required=True, metadata={"example": "a small hotel"})
    parameters = fields.Dict(keys=fields.String(), required=True, metadata={"example": GIVEN})


class SavedInputOut(Schema):
    id = fields.String(metadata={"example": "input_0199"})
    name = fields.String(metadata={"example": "a small hotel"})
    parameters = fields.Dict(keys=fields.String(), metadata={"example": GIVEN})
    created_at = Moment()
    created_by = fields.String(metadata={"example": "user_xyz789"})


class SavedInputsOut(Schema):
    inputs = fields.List(fields.Nested(SavedInputOut))


@dataclass(frozen=True, slots=True)
class AdminSearch:
    page: int
    page_size: int
    category: str
    topic_type: str
    is_active: bool | None
    search: str


class AdminQuery(Schema):
    into = AdminSearch
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(1, 100))
    category = Text(0, 60, load_default="")
    topic_type = Text(0, 40, load_default="")
    is_active = fields.Boolean(load_default=None)
    search = Text(0, 100, load_default="")
