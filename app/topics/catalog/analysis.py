"""Analyses of what the numbers and the rows say."""

from marshmallow import fields

from app.core.clock import iso, now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.topics.catalog.strategy import GOAL, AlignmentFactor, levelled
from app.topics.result import Result, among, many, one, percent, prose, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

CATEGORIES = ("strategy", "operations", "finance", "marketing", "leadership", "technology")
DEGREES = ("low", "medium", "high")


class MeasurePerformanceResponse(Result):
    effectiveness_score = percent()
    overall_assessment = prose(1500)
    strengths = words(6)
    weaknesses = words(6)
    recommendations = words(6, 1)


class GoalAlignmentResponse(Result):
    alignment_score = percent()
    alignment_level = among(*DEGREES)
    factors = many(AlignmentFactor, 8)
    strengths = words(6)
    misalignments = words(6)
    recommendations = words(6, 1)


class Findings(Schema):
    summary = prose(1500)
    strengths = words(8)
    weaknesses = words(8)
    opportunities = words(8)
    threats = words(8)


class Recommendation(Schema):
    title = prose(150)
    description = prose(600)
    priority = among("low", "medium", "high", "critical")


class OperationsAnalysisResponse(Result):
    analysis_id = fields.String(dump_only=True)
    analysis_type = among("alignment", "strategy", "measure", "swot", "root_cause", "action_plan", "goal_breakdown")
    specific_analysis_type = prose(100)
    findings = one(Findings)
    recommendations = many(Recommendation, 8, 1)
    priority_actions = words(6)
    created_at = fields.String(dump_only=True)


class Insight(Schema):
    title = prose(150)
    description = prose(1000)
    category = among(*CATEGORIES)
    priority = among("critical", "high", "medium", "low")
    kiss_category = among("keep", "improve", "start", "stop")
    alignment_impact = prose(400)
    business_impact = among(*DEGREES)
    effort_required = among(*DEGREES)


class InsightsGenerationResponse(Result):
    insights = many(Insight, 10, 1)


class Metric(Schema):
    name = prose(100)
    value = fields.Float(required=True)
    unit = prose(40, 0)
    comment = prose(400, 0)


class BusinessData(Schema):
    summary = prose(1000)
    metrics = many(Metric, 20, 0)
    highlights = words(6)


class BusinessMetricsResponse(Result):
    tenant_id = fields.String(dump_only=True)
    business_data = one(BusinessData)


def stamped(data: JSONObject, _: JSONObject) -> JSONObject:
    return {"analysis_id": new_uuid(), "created_at": iso(now()), **data}


def of_tenant(data: JSONObject, values: JSONObject) -> JSONObject:
    return {"tenant_id": values["tenant_id"], **data}


TOPICS = (
    Topic(
        id="measure_analysis", name="Measure Analysis", category="analysis",
        description="Analyze measure performance and trends", result=MeasurePerformanceResponse,
        example={
            "effectiveness_score": 64,
            "overall_assessment": "Revenue grows while the number of customers falls: fewer people carry more.",
            "strengths": ["Revenue per customer"],
            "weaknesses": ["New customers"],
            "recommendations": ["Watch the three largest customers weekly"],
        },
        inputs=(Input("performance_data", "object", True, "Figures and the period that they are of", 40_000),),
        optional_context=("measures",), temperature=0.3,
    ),
    Topic(
        id="alignment_analysis", name="Alignment Analysis", category="analysis",
        description="Analyze how well a goal fits the business foundation", result=GoalAlignmentResponse,
        example={
            "alignment_score": 58,
            "alignment_level": "medium",
            "factors": [
                {"factor": "Vision", "score": 70, "reasoning": "Brings the second location closer."},
                {"factor": "Values", "score": 46, "reasoning": "Says nothing about how people are treated."},
            ],
            "strengths": ["One owner, one date"],
            "misalignments": ["Pays for speed with overtime"],
            "recommendations": ["Add a limit on weekend work"],
        },
        inputs=(GOAL,), required_context=("goal", "business_foundation"), finish=levelled, temperature=0.3,
    ),
    Topic(
        id="operations_analysis", name="Operations Analysis", category="analysis",
        description="Analyze operations: actions, issues and what they cost", result=OperationsAnalysisResponse,
        example={
            "analysis_id": "0199b5a0-0000-7000-8000-000000000000",
            "analysis_type": "action_plan",
            "specific_analysis_type": "general",
            "findings": {
                "summary": "Half of the open actions wait for one person.",
                "strengths": ["Issues are closed within a week"],
                "weaknesses": ["One bottleneck"],
                "opportunities": ["Train a second person"],
                "threats": ["A holiday stops everything"],
            },
            "recommendations": [
                {"title": "Second pair of hands", "description": "Train Ana on the system.", "priority": "high"}
            ],
            "priority_actions": ["Plan two training mornings"],
            "created_at": "2026-01-11T03:12:54.000Z",
        },
        inputs=(
            Input("operations_data", "object", False, "Figures that the workspace does not have", 40_000),
            Input("analysis_type", "string", False, "What to look at", 100),
        ),
        optional_context=("actions", "issues", "business_context"), finish=stamped,
    ),
    Topic(
        id="insights_generation", name="Insights Generation", category="insights",
        description="Find what a leader should know now", result=InsightsGenerationResponse,
        example={
            "insights": [
                {
                    "title": "Churn eats the new customers",
                    "description": "Nine customers came and eleven left: marketing refills a leaking bucket.",
                    "category": "marketing",
                    "priority": "high",
                    "kiss_category": "stop",
                    "alignment_impact": "Contradicts the purpose of lasting partnerships",
                    "business_impact": "high",
                    "effort_required": "medium",
                }
            ]
        },
        inputs=(
            Input("data_sources", "array", description="What to look at"),
            Input("insight_types", "array", description="Which kinds of insight"),
            Input("time_range", description="Which time", max_length=100),
        ),
        optional_context=("business_foundation", "goals", "strategies", "measures", "actions", "issues"),
        estimated_ms=40_000,
    ),
    Topic(
        id="business_metrics", name="Business Metrics", category="onboarding",
        description="Sum up the figures of the business", result=BusinessMetricsResponse,
        example={
            "tenant_id": "tenant-123",
            "business_data": {
                "summary": "Revenue grows, two issues are open.",
                "metrics": [{"name": "Revenue", "value": 52000, "unit": "USD", "comment": "Up 4 % on last month"}],
                "highlights": ["Best month so far"],
            },
        },
        inputs=(Input("metrics_type", description="Which figures", max_length=100),),
        optional_context=("measures", "goals", "actions", "issues", "people_count"), finish=of_tenant, temperature=0.3,
    ),
)  # fmt: skip
