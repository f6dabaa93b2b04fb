"""Analyses of what the numbers and the rows say."""

from marshmallow import fields

from app.core.clock import iso, now
from app.core.ids import new_uuid
from app.core.json import JSONObject
from app.topics.catalog.strategy import GOAL, AlignmentAnalysisResponse, levelled
from app.topics.result import Result, among, degree, many, one, percent, priority, prose, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

CATEGORIES = ("strategy", "operations", "finance", "marketing", "leadership", "technology")


class MeasurePerformanceResponse(Result):
    effectiveness_score = percent()
    overall_assessment = prose(1500)
    strengths = words(6)
    weaknesses = words(6)
    recommendations = words(6, 1)


class GoalAlignmentResponse(AlignmentAnalysisResponse):
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
    priority = priority()


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
    business_impact = degree()
    effort_required = degree()


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


TOPICS = (
    Topic(
        "measure_analysis", "Measure Analysis", "analysis", "Analyze measure performance and trends",
        MeasurePerformanceResponse,
        inputs=(
            Input("performance_data", "Figures and the period that they are of", "object", True, max_length=40_000),
        ),
        optional_context=("measures",), temperature=0.3,
    ),
    Topic(
        "alignment_analysis", "Alignment Analysis", "analysis", "Analyze how well a goal fits the business foundation",
        GoalAlignmentResponse, inputs=(GOAL,), required_context=("goal", "business_foundation"), finish=levelled,
        temperature=0.3,
    ),
    Topic(
        "operations_analysis", "Operations Analysis", "analysis",
        "Analyze operations: actions, issues and what they cost", OperationsAnalysisResponse,
        inputs=(
            Input("operations_data", "Figures that the workspace does not have", "object", max_length=40_000),
            Input("analysis_type", "What to look at", max_length=100),
        ),
        optional_context=("actions", "issues", "business_context"), finish=stamped,
    ),
    Topic(
        "insights_generation", "Insights Generation", "insights", "Find what a leader should know now",
        InsightsGenerationResponse,
        inputs=(
            Input("data_sources", "What to look at", "array"),
            Input("insight_types", "Which kinds of insight", "array"),
            Input("time_range", "Which time", max_length=100),
        ),
        optional_context=("business_foundation", "goals", "strategies", "measures", "actions", "issues"),
        estimated_ms=40_000,
    ),
    Topic(
        "business_metrics", "Business Metrics", "onboarding", "Sum up the figures of the business",
        BusinessMetricsResponse, inputs=(Input("metrics_type", "Which figures", max_length=100),),
        optional_context=("measures", "goals", "actions", "issues", "people_count"), temperature=0.3,
        finish=lambda data, values: {"tenant_id": values["tenant_id"], **data},
    ),
)  # fmt: skip
