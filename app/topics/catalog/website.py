"""What a website says of a business."""

from marshmallow import fields

from app.core.clock import iso, now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.topics.result import Result, many, one, optional, prose, words
from app.topics.topic import CachePolicy, Input, Topic
from app.web.schemas import Schema


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


TOPICS = (
    Topic(
        "website_scan", "Website Scan", "onboarding",
        "Scan a website URL and extract business information for onboarding", WebsiteScanResponse,
        inputs=(Input("website_url", "URL of website to scan", required=True, max_length=2083),),
        required_context=("website_content",), optional_context=("website_title", "meta_description", "website_pages"),
        finish=stamp, cache=CachePolicy.BY_REQUEST, temperature=0.2, estimated_ms=45_000,
    ),
)  # fmt: skip
