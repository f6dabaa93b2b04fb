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


def conversation(topic_id: str, name: str, description: str, result: type[Result]) -> Topic:
    return Topic(
        topic_id, name, "onboarding", description, result,
        inputs=(Input("context", "What the caller knows of the business", "object"),), kind=Kind.COACHING,
        optional_context=("company_name", "business_foundation"), estimated_ms=45_000,
        prompts=("system", "facts", "initiation", "resume", "extraction"),
    )  # fmt: skip


TOPICS = (
    conversation(
        "core_values", "Core Values Discovery", "Discover and articulate your organization's authentic core values",
        CoreValuesResult,
    ),
    conversation(
        "purpose", "Purpose Discovery", "Define your organization's deeper purpose and reason for existing",
        PurposeResult,
    ),
    conversation(
        "vision", "Vision Crafting", "Craft a compelling vision for your organization's future", VisionResult
    ),
)  # fmt: skip
