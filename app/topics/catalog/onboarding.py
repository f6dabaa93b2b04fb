"""Onboarding: reviews of what a founder wrote, and help with what is still missing."""

from app.topics.result import Result, many, prose, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema


class SuggestionVariation(Schema):
    text = prose(1000)
    reasoning = prose(600)


class OnboardingReviewResponse(Result):
    qualityReview = prose(1500)
    suggestions = many(SuggestionVariation, 3, 3)


class OnboardingSuggestionsResponse(Result):
    suggestions = words(5, 1)
    reasoning = prose(1000)


class OnboardingCoachingResponse(Result):
    response = prose(2000)
    suggestions = words(6)


def review(topic_id: str, name: str, what: str, *optional_context: str) -> Topic:
    return Topic(
        topic_id, name, "onboarding", f"Review and suggest variations for {what}", OnboardingReviewResponse,
        inputs=(Input("current_value", f"Current {what} to review", required=True, max_length=5000),),
        optional_context=(*optional_context, "onboarding_business_name", "onboarding_products"),
    )  # fmt: skip


TOPICS = (
    review("niche_review", "Niche Review", "business niche", "onboarding_ica", "onboarding_value_proposition"),
    review(
        "ica_review", "Ideal Client Avatar Review", "ideal client avatar (ICA)", "onboarding_niche",
        "onboarding_value_proposition",
    ),
    review(
        "value_proposition_review", "Value Proposition Review", "value proposition", "onboarding_niche",
        "onboarding_ica",
    ),
    Topic(
        "onboarding_suggestions", "Onboarding Suggestions", "onboarding",
        "Suggest a niche, an ideal client or a value proposition", OnboardingSuggestionsResponse,
        inputs=(
            Input("website_data", "What is known of the website", "any", max_length=40_000),
            Input("kind", "niche, ica or valueProposition", max_length=40),
            Input("current", "What stands there now", max_length=5000),
        ),
        optional_context=("business_context",),
    ),
    Topic(
        "onboarding_coaching", "Onboarding Coaching", "onboarding",
        "Coach a founder through one part of the foundation", OnboardingCoachingResponse,
        inputs=(
            Input("stage", "coreValues, purpose or vision", max_length=40),
            Input("message", "What the founder says", max_length=5000),
            Input("current", "The draft so far", max_length=5000),
        ),
        optional_context=("business_context",),
    ),
)  # fmt: skip
