"""Topics that have an endpoint of their own, and no other way to be asked."""

from collections.abc import Mapping
from functools import partial

from marshmallow import fields

from app.core.clock import iso, now
from app.core.json import JSONObject, as_object, objects_of
from app.llm.choices import known_id
from app.topics.catalog.operations import about_the_request, requested_items
from app.topics.catalog.schedule import rows_with_id
from app.topics.result import Result, among, degree, many, one, optional, percent, priority, prose, share, words
from app.topics.topic import CachePolicy, Input, Kind, Topic
from app.web.schemas import Schema

CATEGORY = "coaching_service"
ALIGNMENTS = "alignmentAnalysis"
FOUNDATION = Input("business_foundation", "Vision, purpose, values, market, proposition", "object")
GOAL = Input("goal", "The goal with its strategies and measures", "object")
CONTEXT = Input("context", type="object")


class ComponentScores(Schema):
    intentAlignment = percent()
    strategyAlignment = percent()
    kpiRelevance = percent()


class AlignmentBreakdown(Schema):
    visionAlignment = percent()
    purposeAlignment = percent()
    valuesAlignment = percent()


class GoalAlignmentCheckResponse(Result):
    alignmentScore = percent()
    score = fields.Integer(dump_only=True)
    explanation = prose(2000)
    suggestions = words(5)
    componentScores = one(ComponentScores)
    breakdown = one(AlignmentBreakdown)
    lastUpdated = fields.String(dump_only=True)


class GoalAlignmentSuggestionsResponse(Result):
    suggestions = words(6, 1, 600)


class Benchmark(Schema):
    industry = prose(200)
    typical = fields.Float(required=True)
    excellent = fields.Float(required=True)


class KPIRecommendation(Schema):
    name = prose(150)
    description = prose(600)
    category = prose(100)
    unit = prose(60)
    direction = among("up", "down")
    formula = prose(400)
    rationale = prose(600)
    benchmark = optional(one(Benchmark))
    isLeading = fields.Boolean(required=True)
    frequency = prose(60)
    difficulty = degree()
    dataSource = prose(200)


class KPIRecommendationsResponse(Result):
    recommendations = many(KPIRecommendation, 8)
    confidence = share()
    reasoning = prose(1500)


class StrategicConnection(Schema):
    goalId = prose(128)
    goalTitle = prose(300)
    alignmentScore = percent()
    impact = priority()


class ActionAlignment(Schema):
    actionId = prose(128)
    alignmentScore = percent()
    strategicConnections = many(StrategicConnection, 10, 0)
    recommendations = words(5)


class OperationsAlignmentResponse(Result):
    alignmentAnalysis = many(ActionAlignment, 100)
    overallAlignment = percent()
    insights = words(6)


class FiveWhys(Schema):
    suggestedQuestions = words(7, 1)
    potentialRootCauses = words(7, 1)


class Swot(Schema):
    strengths = words(6)
    weaknesses = words(6)
    opportunities = words(6)
    threats = words(6)


class MethodSuggestions(Schema):
    fiveWhys = optional(one(FiveWhys))
    swot = optional(one(Swot))


class RootCauseMethod(Schema):
    method = among("five_whys", "fishbone", "swot", "pareto")
    confidence = share()
    suggestions = one(MethodSuggestions)
    reasoning = prose(1000)


class RootCauseMethodsResponse(Result):
    methods = many(RootCauseMethod, 4)


class ConversationReplyResponse(Result):
    response = prose(4000)
    suggestions = words(5)
    relatedInsights = words(5, 0, 100)


def dated(data: JSONObject, _: JSONObject) -> JSONObject:
    """``score`` is the same number; the time is that of the calculation. Measures are called so too."""
    parts = as_object(data["componentScores"])
    parts = {**parts, "measureRelevance": parts["kpiRelevance"]}
    return {**data, "score": data["alignmentScore"], "componentScores": parts, "lastUpdated": iso(now())}


def titled(data: JSONObject, values: JSONObject) -> JSONObject:
    """Only actions and goals of the request, each once; a goal's title is what the caller calls it."""
    goals = {
        str(row["id"]): str(row.get("title") or row.get("intent") or "") for row in rows_with_id(values.get("goals"))
    }
    items = [_connected(item, goals) for item in requested_items(data, values, ALIGNMENTS)]
    return {**data, ALIGNMENTS: items}


def _connected(item: JSONObject, titles: Mapping[str, str]) -> JSONObject:
    found = [(known_id(str(link["goalId"]), titles.keys()), link) for link in objects_of(item["strategicConnections"])]
    links = {goal_id: link for goal_id, link in found if goal_id}
    return {
        **item,
        "strategicConnections": [
            {**link, "goalId": goal_id, "goalTitle": (titles[goal_id] or str(link["goalTitle"]))[:300]}
            for goal_id, link in links.items()
        ],
    }


TOPICS = (
    Topic(
        "goal_alignment", "Goal Alignment", CATEGORY, "Score how a goal fits the business foundation",
        GoalAlignmentCheckResponse, inputs=(GOAL, FOUNDATION), finish=dated, temperature=0.2,
        cache=CachePolicy.BY_PROMPT, kind=Kind.ENDPOINT,
    ),
    Topic(
        "goal_alignment_suggestions", "Goal Alignment Suggestions", CATEGORY,
        "Suggest how a goal could fit the foundation", GoalAlignmentSuggestionsResponse, inputs=(GOAL, FOUNDATION),
        cache=CachePolicy.BY_PROMPT, kind=Kind.ENDPOINT,
    ),
    Topic(
        "kpi_recommendations", "KPI Recommendations", CATEGORY, "Recommend KPIs for a goal and its strategies",
        KPIRecommendationsResponse, kind=Kind.ENDPOINT,
        inputs=(GOAL, *(Input(name, type="any") for name in ("existing_measures", "business_context", "preferences"))),
    ),
    Topic(
        "operations_alignment", "Operations Alignment", CATEGORY, "Analyse how actions serve the goals",
        OperationsAlignmentResponse, inputs=(Input("tasks", type="array"), Input("goals", type="array"), FOUNDATION),
        check=partial(about_the_request, rows=ALIGNMENTS), finish=titled, kind=Kind.ENDPOINT,
    ),
    Topic(
        "root_cause_methods", "Root Cause Methods", CATEGORY, "Suggest how to find the root cause of an issue",
        RootCauseMethodsResponse, inputs=(Input("issue", type="object"), CONTEXT), kind=Kind.ENDPOINT,
    ),
    Topic(
        "conversation", "Conversation", CATEGORY, "A coaching conversation about the business",
        ConversationReplyResponse, kind=Kind.ENDPOINT,
        inputs=(Input("topic"), CONTEXT, Input("insights", type="array"), Input("message")),
        optional_context=("business_foundation", "goals", "issues"),
    ),
)  # fmt: skip
