"""Strategic planning: alignment with the foundation, strategies, measures, and clearer intents."""

from marshmallow import fields

from app.core.json import JSONObject, as_number, objects_of
from app.topics.result import Result, among, count, degree, many, one, optional, percent, prose, share, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

CATEGORY = "strategic_planning"
LEVELS = ((40, "low"), (70, "medium"), (101, "high"))
GOAL = Input("goal_id", "ID of the goal", required=True, max_length=64)
SCORE = Input("alignment_score", "Previously calculated alignment score", "integer", required=True)
CONSTRAINTS = Input("constraints", "What limits the choice", "array")


class AlignmentFactor(Schema):
    factor = prose(100)
    score = percent()
    reasoning = prose(600)


class AlignmentAnalysisResponse(Result):
    alignment_score = percent()
    alignment_level = degree(dump_only=True)
    factors = many(AlignmentFactor, 8)


class AlignmentExplanationResponse(Result):
    explanation = prose(3000)
    key_factors = words(8, 1)
    improvement_areas = words(8, 1)


class AlignmentSuggestion(Schema):
    suggestion = prose(500)
    expected_improvement = count(0, 100)
    reasoning = prose(600)


class AlignmentSuggestionsResponse(Result):
    current_score = percent(dump_only=True)
    suggestions = many(AlignmentSuggestion, 6, 1)
    potential_score = percent()


class StrategySuggestion(Schema):
    title = prose(100)
    description = prose(600)
    rationale = prose(600)
    difficulty = degree()
    timeframe = prose(100)
    expectedImpact = degree()
    prerequisites = words(6)
    estimatedCost = optional(count(0, 100_000_000))
    requiredResources = words(8)


class StrategySuggestionsResponse(Result):
    suggestions = many(StrategySuggestion, 5)
    confidence = share()
    reasoning = prose(1000)


class MeasureRecommendation(Schema):
    name = prose(100)
    description = prose(400)
    unit = prose(40)
    direction = among("up", "down", "maintain")
    frequency = prose(40)
    reasoning = prose(500)


class MeasureRecommendationsResponse(Result):
    recommendations = many(MeasureRecommendation, 8)
    total_recommendations = fields.Integer(dump_only=True)


class AlignmentHighlights(Schema):
    vision = prose(400)
    purpose = prose(400)
    values = words(6)


class IntentSuggestion(Schema):
    title = prose(100, 5)
    intentStatement = prose(300, 20)
    explanation = prose(500, 50)
    strengthens = words(4, 2)
    alignmentHighlights = one(AlignmentHighlights)


class GoalIntentReviewResponse(Result):
    qualityReview = prose(1500)
    qualityScore = percent()
    suggestions = many(IntentSuggestion, 3, 3)


def levelled(data: JSONObject, _: JSONObject) -> JSONObject:
    score = as_number(data["alignment_score"])
    return {**data, "alignment_level": next(word for below, word in LEVELS if score < below)}


def scored(data: JSONObject, values: JSONObject) -> JSONObject:
    """The current score is the one that was asked about; no suggestion makes it worse."""
    current = int(as_number(values["alignment_score"]))
    potential = max(current, int(as_number(data["potential_score"])))
    return {"current_score": current, **data, "potential_score": potential}


TOPICS = (
    Topic(
        "alignment_check", "Alignment Check", CATEGORY,
        "Calculate alignment score between a goal and business foundation", AlignmentAnalysisResponse, inputs=(GOAL,),
        required_context=("goal", "business_foundation"), optional_context=("strategies_for_goal",), finish=levelled,
        temperature=0.2,
    ),
    Topic(
        "alignment_explanation", "Alignment Explanation", CATEGORY, "Get detailed explanation of an alignment score",
        AlignmentExplanationResponse, inputs=(GOAL, SCORE), required_context=("goal", "business_foundation"),
        temperature=0.4,
    ),
    Topic(
        "alignment_suggestions", "Alignment Suggestions", CATEGORY,
        "Get suggestions to improve goal alignment with business foundation", AlignmentSuggestionsResponse,
        inputs=(GOAL, SCORE), required_context=("goal", "business_foundation"), finish=scored,
    ),
    Topic(
        "strategy_suggestions", "Strategy Suggestions", CATEGORY,
        "Get AI suggestions for strategies based on goals and business foundation", StrategySuggestionsResponse,
        inputs=(
            Input("goal_id", "ID of the goal that the strategies should serve", max_length=64),
            Input("market_context", "What is going on in the market", max_length=5000), CONSTRAINTS,
        ),
        required_context=("goals", "business_foundation"), optional_context=("existing_strategies",),
        estimated_ms=40_000,
    ),
    Topic(
        "measure_recommendations", "Measure Recommendations", CATEGORY,
        "Get AI recommendations for measures to track goal progress", MeasureRecommendationsResponse,
        inputs=(
            Input("goal_id", "ID of the goal to measure", max_length=64),
            Input("strategy_id", "ID of the strategy to measure", max_length=64),
        ),
        required_context=("goals",), optional_context=("business_context", "existing_measures"), estimated_ms=40_000,
        finish=lambda data, _: {**data, "total_recommendations": len(objects_of(data["recommendations"]))},
    ),
    Topic(
        "goal_intent_review", "Goal Intent Review", CATEGORY,
        "Review what a goal is meant to achieve and suggest clearer intents", GoalIntentReviewResponse,
        inputs=(
            Input("goal_id", "ID of the goal", max_length=64),
            Input("current_intent", "The intent as it stands", max_length=2000),
        ),
        optional_context=(
            "vision", "purpose", "core_values", "target_market", "value_proposition", "goal_title", "goal_intent",
            "other_goals",
        ),
    ),
)  # fmt: skip
