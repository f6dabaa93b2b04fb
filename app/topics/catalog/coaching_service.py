"""Topics that have an endpoint of their own, and no other way to be asked."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app.core.clock import iso, now
from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.topics.catalog.schedule import rows_with_id
from app.topics.result import Result, among, many, one, optional, percent, prose, share, words
from app.topics.topic import CachePolicy, Input, Kind, Topic
from app.web.schemas import Schema

DEGREES = ("low", "medium", "high")
FOUNDATION = Input("business_foundation", "object", description="Vision, purpose, values, market, proposition")
GOAL = Input("goal", "object", description="The goal with its strategies and measures")


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
    difficulty = among(*DEGREES)
    dataSource = prose(200)


class KPIRecommendationsResponse(Result):
    recommendations = many(KPIRecommendation, 8)
    confidence = share()
    reasoning = prose(1500)


class StrategicConnection(Schema):
    goalId = prose(128)
    goalTitle = prose(300)
    alignmentScore = percent()
    impact = among("low", "medium", "high", "critical")


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


def known(answer: JSONObject, values: JSONObject) -> list[str]:
    """An answer that speaks of none of the actions is none."""
    actions = {row["id"] for row in rows_with_id(values.get("tasks"))}
    if any(item["actionId"] in actions for item in objects_of(answer["alignmentAnalysis"])):
        return []
    return [f"actionId: it must be one of {sorted(map(str, actions))[:50]}"]


def titled(data: JSONObject, values: JSONObject) -> JSONObject:
    """Only actions and goals of the request, each once; a goal's title is what the caller calls it."""
    actions = {row["id"] for row in rows_with_id(values.get("tasks"))}
    goals = {row["id"]: str(row.get("title") or row.get("intent") or "") for row in rows_with_id(values.get("goals"))}
    rows = reversed(objects_of(data["alignmentAnalysis"]))
    items = {item["actionId"]: _connected(item, goals) for item in rows if item["actionId"] in actions}
    return {**data, "alignmentAnalysis": list(reversed(items.values()))}


def _connected(item: JSONObject, titles: Mapping[JSONValue, str]) -> JSONObject:
    links = {link["goalId"]: link for link in objects_of(item["strategicConnections"]) if link["goalId"] in titles}
    return {
        **item,
        "strategicConnections": [
            {**link, "goalTitle": (titles[goal_id] or str(link["goalTitle"]))[:300]} for goal_id, link in links.items()
        ],
    }


def endpoint(
    topic_id: str, name: str, description: str, result: type[Result], example: JSONObject, **more: Any
) -> Topic:
    return Topic(
        topic_id, name, "coaching_service", description, result, example, kind=Kind.ENDPOINT, **more
    )  # fmt: skip


TOPICS = (
    endpoint(
        "goal_alignment", "Goal Alignment", "Score how a goal fits the business foundation", GoalAlignmentCheckResponse,
        {
            "alignmentScore": 78, "score": 78,
            "explanation": "Shorter waiting is the purpose in one sentence; no strategy speaks of honest dates.",
            "suggestions": ["Say by when a patient gets a date", "Measure days to the first appointment"],
            "componentScores": {"intentAlignment": 85, "strategyAlignment": 72, "kpiRelevance": 60},
            "breakdown": {"visionAlignment": 80, "purposeAlignment": 88, "valuesAlignment": 66},
            "lastUpdated": "2026-01-11T03:12:54.000Z",
        },
        inputs=(GOAL, FOUNDATION), finish=dated, temperature=0.2, cache=CachePolicy.BY_PROMPT,
    ),
    endpoint(
        "goal_alignment_suggestions", "Goal Alignment Suggestions", "Suggest how a goal could fit the foundation",
        GoalAlignmentSuggestionsResponse,
        {"suggestions": ["Name the patients without insurance in the goal", "Add a measure that they would feel"]},
        inputs=(GOAL, FOUNDATION), cache=CachePolicy.BY_PROMPT,
    ),
    endpoint(
        "kpi_recommendations", "KPI Recommendations", "Recommend KPIs for a goal and its strategies",
        KPIRecommendationsResponse,
        {
            "recommendations": [
                {
                    "name": "Days to first appointment", "category": "customer", "unit": "days", "direction": "down",
                    "description": "Median days between a request and the first appointment",
                    "formula": "median(date of first appointment - date of request)",
                    "rationale": "It is the promise of the goal, seen from the patient's side.",
                    "benchmark": {"industry": "Physiotherapy", "typical": 21, "excellent": 7},
                    "isLeading": False, "frequency": "weekly", "difficulty": "low", "dataSource": "Calendar",
                }
            ],
            "confidence": 0.8, "reasoning": "The goal is about waiting, and waiting can be counted from the calendar.",
        },
        inputs=(GOAL, *(Input(name, "any") for name in ("existing_measures", "business_context", "preferences"))),
    ),
    endpoint(
        "operations_alignment", "Operations Alignment", "Analyse how actions serve the goals",
        OperationsAlignmentResponse,
        {
            "alignmentAnalysis": [
                {
                    "actionId": "action-1", "alignmentScore": 78,
                    "strategicConnections": [
                        {"goalId": "goal-1", "goalTitle": "Seen within a week", "alignmentScore": 85, "impact": "high"}
                    ],
                    "recommendations": ["Put it before the new logo"],
                }
            ],
            "overallAlignment": 74, "insights": ["Two of five actions serve no goal"],
        },
        inputs=(Input("tasks", "array"), Input("goals", "array"), FOUNDATION), check=known, finish=titled,
    ),
    endpoint(
        "root_cause_methods", "Root Cause Methods", "Suggest how to find the root cause of an issue",
        RootCauseMethodsResponse,
        {
            "methods": [
                {
                    "method": "five_whys", "confidence": 0.85,
                    "suggestions": {
                        "fiveWhys": {
                            "suggestedQuestions": ["Why are only Mondays late?"],
                            "potentialRootCauses": ["Nobody reads the inbox at weekends"],
                        },
                        "swot": {
                            "strengths": ["Own vans"], "weaknesses": ["One person knows the routes"],
                            "opportunities": ["A shared inbox"], "threats": ["Two customers asked for refunds"],
                        },
                    },
                    "reasoning": "One symptom with one rhythm: a short chain of questions will reach the cause.",
                }
            ]
        },
        inputs=(Input("issue", "object"), Input("context", "object")),
    ),
    endpoint(
        "conversation", "Conversation", "A coaching conversation about the business", ConversationReplyResponse,
        {
            "response": "You said twice that Mondays hurt. What would have to be true on Friday for Monday to be calm?",
            "suggestions": ["Ask the Monday shift today"], "relatedInsights": [],
        },
        inputs=(Input("topic"), Input("context", "object"), Input("insights", "array"), Input("message")),
        optional_context=("business_foundation", "goals", "issues"),
    ),
)  # fmt: skip
