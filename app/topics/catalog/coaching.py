"""Coaching conversations and what each leaves behind. They are held with their own endpoints."""

from app.topics.result import Result, many, prose, words
from app.topics.topic import Input, Kind, Topic
from app.web.schemas import Schema


class CoreValue(Schema):
    name = prose(100)
    description = prose(500, 10)
    importance = prose(500, 10)


class CoreValuesResult(Result):
    values = many(CoreValue, 7)
    summary = prose(1000, 50)


class PurposeResult(Result):
    purpose_statement = prose(500, 20)
    why_it_matters = prose(1000, 50)
    how_it_guides = prose(1000, 50)


class VisionResult(Result):
    vision_statement = prose(500, 20)
    time_horizon = prose(50)
    key_aspirations = words(10, 1)


PROMPTS = ("system", "facts", "initiation", "resume", "extraction")
KNOWN = ("company_name", "business_foundation")
ASKS = (Input("context", "object", description="What the caller knows of the business"),)

TOPICS = (
    Topic(
        id="core_values", name="Core Values Discovery", category="onboarding",
        description="Discover and articulate your organization's authentic core values", result=CoreValuesResult,
        example={
            "values": [
                {
                    "name": "Plain words", "description": "We say what we mean, also when it is awkward.",
                    "importance": "Patients decide better when nobody hides behind jargon.",
                },
            ],
            "summary": "You came back three times to moments in which somebody spoke plainly and it helped.",
        },
        inputs=ASKS, kind=Kind.COACHING, optional_context=KNOWN, estimated_ms=45_000, prompts=PROMPTS,
    ),
    Topic(
        id="purpose", name="Purpose Discovery", category="onboarding",
        description="Define your organization's deeper purpose and reason for existing", result=PurposeResult,
        example={
            "purpose_statement": "We exist so that nobody waits alone for help.",
            "why_it_matters": "You started the practice after your father waited five months for an appointment.",
            "how_it_guides": "When two plans cost the same, the one that shortens waiting for somebody wins.",
        },
        inputs=ASKS, kind=Kind.COACHING, optional_context=KNOWN, estimated_ms=45_000, prompts=PROMPTS,
    ),
    Topic(
        id="vision", name="Vision Crafting", category="onboarding",
        description="Craft a compelling vision for your organization's future", result=VisionResult,
        example={
            "vision_statement": "By 2031 everybody in the county is seen within a week.", "time_horizon": "5 years",
            "key_aspirations": ["Three practices", "A school for young therapists"],
        },
        inputs=ASKS, kind=Kind.COACHING, optional_context=KNOWN, estimated_ms=45_000, prompts=PROMPTS,
    ),
)  # fmt: skip
