"""Onboarding: reviews of what a founder wrote, and help with what is still missing."""

from app.core.json import JSONObject
from app.topics.result import Result, many, prose, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

COMPANY = ("onboarding_business_name", "onboarding_products")


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


NICHE: JSONObject = {
    "qualityReview": "The niche says whom you help, but not which of them and with what outcome. A reader can't tell "
    "whether they are meant.",
    "suggestions": [
        {
            "text": "We help independent physiotherapists fill their calendars within 90 days, without paid ads",
            "reasoning": "Names one profession, a measurable outcome and how it is different.",
        },
        {
            "text": "We help family-run bakeries win weekly office orders in their own town",
            "reasoning": "Ties the offer to a place and to a recurring kind of sale.",
        },
        {
            "text": "We help small accounting firms move from hourly work to fixed monthly packages",
            "reasoning": "Describes a change that the client can picture and would pay for.",
        },
    ],
}
CLIENT: JSONObject = {
    "qualityReview": "Every owner has this wish. Say who they are, what hurts and where you meet them.",
    "suggestions": [
        {
            "text": "Owners of studios with 3 to 10 people who schedule by phone and lose two hours a day to it",
            "reasoning": "Size, habit and cost of the problem can be checked in a first call.",
        },
        {
            "text": "First-time managers in growing service firms who lead former colleagues and avoid hard talks",
            "reasoning": "A clear moment in a career, with a pain that they already feel.",
        },
        {
            "text": "Founders about to hire their first salesperson after selling everything themselves",
            "reasoning": "An event that can be spotted from outside, so that they can be reached in time.",
        },
    ],
}
PROMISE: JSONObject = {
    "qualityReview": "It claims quality, as everybody does. Name the outcome, the proof and what the client is spared.",
    "suggestions": [
        {
            "text": "A full calendar in 90 days, or we work on until it is, at no further fee",
            "reasoning": "An outcome, a time and a risk that the client no longer carries.",
        },
        {
            "text": "One plan, one person to call, and numbers every Friday that your bank would accept",
            "reasoning": "Answers the three complaints that clients have of larger agencies.",
        },
        {
            "text": "We hand over a system that your team runs without us after six months",
            "reasoning": "Independence is what buyers of such help fear to lose.",
        },
    ],
}


def review(topic_id: str, name: str, what: str, optional_context: tuple[str, ...], example: JSONObject) -> Topic:
    return Topic(
        id=topic_id,
        name=name,
        category="onboarding",
        description=f"Review and suggest variations for {what}",
        result=OnboardingReviewResponse,
        example=example,
        inputs=(Input("current_value", required=True, description=f"Current {what} to review", max_length=5000),),
        optional_context=(*optional_context, *COMPANY),
        estimated_ms=30_000,
    )


TOPICS = (
    review(
        "niche_review", "Niche Review", "business niche", ("onboarding_ica", "onboarding_value_proposition"), NICHE
    ),
    review(
        "ica_review", "Ideal Client Avatar Review", "ideal client avatar (ICA)",
        ("onboarding_niche", "onboarding_value_proposition"), CLIENT,
    ),
    review(
        "value_proposition_review", "Value Proposition Review", "value proposition",
        ("onboarding_niche", "onboarding_ica"), PROMISE,
    ),
    Topic(
        id="onboarding_suggestions", name="Onboarding Suggestions", category="onboarding",
        description="Suggest a niche, an ideal client or a value proposition", result=OnboardingSuggestionsResponse,
        example={
            "suggestions": [
                "Independent physiotherapists who want more private patients",
                "Small sports clubs that need a steady sponsor",
                "Family-run gyms in towns under 50,000 people",
            ],
            "reasoning": "Your products solve scheduling and retention, which these three share.",
        },
        inputs=(
            Input("website_data", "any", False, "What is known of the website", 40_000),
            Input("kind", "string", False, "niche, ica or valueProposition", 40),
            Input("current", "string", False, "What stands there now", 5000),
        ),
        optional_context=("business_context",),
    ),
    Topic(
        id="onboarding_coaching", name="Onboarding Coaching", category="onboarding",
        description="Coach a founder through one part of the foundation", result=OnboardingCoachingResponse,
        example={
            "response": "You said that you turned down a well-paid client who shouted at your team. What does that "
            "decision say about the people you want to work with?",
            "suggestions": ["Respect before revenue", "We finish what we start", "Plain words"],
        },
        inputs=(
            Input("stage", "string", False, "coreValues, purpose or vision", 40),
            Input("message", "string", False, "What the founder says", 5000),
            Input("current", "string", False, "The draft so far", 5000),
        ),
        optional_context=("business_context",),
    ),
)  # fmt: skip
