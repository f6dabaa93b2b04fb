"""Onboarding: reviews of what a founder wrote, help with what is missing, and what a website says of a business."""

from marshmallow import fields

from app.core.clock import iso, now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.topics.result import Result, many, one, optional, prose, words
from app.topics.topic import CachePolicy, Input, Topic
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


class CompanyProfile(Schema):
    company_name = prose(200)
    legal_name = prose(200, 0)
    tagline = prose(300, 0)
    overview = prose(1500)
    industry = optional(prose(200))


class TargetMarket(Schema):
    primary_audience = prose(400)
    segments = words(8)
    pain_points = words(8)
    niche_statement = optional(prose(400))


class Offers(Schema):
    primary_product = prose(300)
    categories = words(10)
    features = words(12)
    differentiators = words(8)


class Testimonial(Schema):
    quote = prose(600)
    attribution = prose(200, 0)


class Credibility(Schema):
    notable_clients = words(20)
    testimonials = many(Testimonial, 6, 0)


class SupportingAsset(Schema):
    label = prose(200)
    url = prose(2083)


class Conversion(Schema):
    primary_cta_text = prose(200, 0)
    primary_cta_url = prose(2083, 0)
    supporting_assets = optional(many(SupportingAsset, 6, 0))


class WebsiteScanResponse(Result):
    scan_id = fields.String(dump_only=True)
    captured_at = fields.String(dump_only=True)
    source_url = fields.String(dump_only=True)
    company_profile = one(CompanyProfile)
    target_market = one(TargetMarket)
    offers = one(Offers)
    credibility = one(Credibility)
    conversion = one(Conversion)


def stamp(data: JSONObject, values: JSONObject) -> JSONObject:
    """Which scan this is is ours to say."""
    return {"scan_id": new_id("scan"), "captured_at": iso(now()), "source_url": values["website_url"], **data}


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
    Topic(
        "website_scan", "Website Scan", "onboarding",
        "Scan a website URL and extract business information for onboarding", WebsiteScanResponse,
        inputs=(Input("website_url", "URL of website to scan", required=True, max_length=2083),),
        required_context=("website_content",), optional_context=("website_title", "meta_description", "website_pages"),
        finish=stamp, cache=CachePolicy.BY_REQUEST, temperature=0.2, estimated_ms=45_000,
    ),
)  # fmt: skip
