"""Strategic planning: how goals fit the foundation, and what would serve them."""

from marshmallow import fields

from app.core.json import JSONObject, as_number, objects_of
from app.topics.result import Result, among, count, kept_in_bounds, many, one, optional, percent, prose, share, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

LEVELS = ((40, "low"), (70, "medium"), (101, "high"))
GOAL = Input("goal_id", required=True, description="ID of the goal", max_length=64)
SCORE = Input("alignment_score", "integer", True, "Previously calculated alignment score")


class AlignmentFactor(Schema):
    factor = prose(100)
    score = percent()
    reasoning = prose(600)


class AlignmentAnalysisResponse(Result):
    alignment_score = percent()
    alignment_level = among("low", "medium", "high")
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
    potential_score = kept_in_bounds()


class StrategySuggestion(Schema):
    title = prose(100)
    description = prose(600)
    rationale = prose(600)
    difficulty = among("low", "medium", "high")
    timeframe = prose(100)
    expectedImpact = among("low", "medium", "high")
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


def level(score: float) -> str:
    return next(word for below, word in LEVELS if score < below)


def levelled(data: JSONObject, _: JSONObject) -> JSONObject:
    """The level follows from the score."""
    return {**data, "alignment_level": level(as_number(data["alignment_score"]))}


def scored(data: JSONObject, values: JSONObject) -> JSONObject:
    """The current score is the one that was asked about; no suggestion makes it worse, and none goes beyond 100."""
    current = int(as_number(values["alignment_score"]))
    potential = min(100, max(current, round(as_number(data["potential_score"]))))
    return {"current_score": current, **data, "potential_score": potential}


def counted(data: JSONObject, _: JSONObject) -> JSONObject:
    return {**data, "total_recommendations": len(objects_of(data["recommendations"]))}


TOPICS = (
    Topic(
        id="alignment_check", name="Alignment Check", category="strategic_planning",
        description="Calculate alignment score between a goal and business foundation",
        result=AlignmentAnalysisResponse,
        example={
            "alignment_score": 78,
            "alignment_level": "high",
            "factors": [
                {"factor": "Purpose Alignment", "score": 85, "reasoning": "Shorter waiting serves patients directly."},
                {"factor": "Values Alignment", "score": 71, "reasoning": "Honest dates fit the value of plain words."},
            ],
        },
        inputs=(GOAL,), required_context=("goal", "business_foundation"), optional_context=("strategies_for_goal",),
        finish=levelled, temperature=0.2,
    ),
    Topic(
        id="alignment_explanation", name="Alignment Explanation", category="strategic_planning",
        description="Get detailed explanation of an alignment score", result=AlignmentExplanationResponse,
        example={
            "explanation": "The goal shortens waiting for patients, which is the purpose in one sentence. It says "
            "little about how the team keeps its promise of honest dates.",
            "key_factors": ["Serves the purpose directly", "One measure that patients feel"],
            "improvement_areas": ["Name the value that the goal protects"],
        },
        inputs=(GOAL, SCORE), required_context=("goal", "business_foundation"), temperature=0.4,
    ),
    Topic(
        id="alignment_suggestions", name="Alignment Suggestions", category="strategic_planning",
        description="Get suggestions to improve goal alignment with business foundation",
        result=AlignmentSuggestionsResponse,
        example={
            "current_score": 65,
            "suggestions": [
                {
                    "suggestion": "Say whom the shorter waiting is for",
                    "expected_improvement": 12,
                    "reasoning": "The purpose speaks of patients without insurance; the goal does not yet.",
                }
            ],
            "potential_score": 77,
        },
        inputs=(GOAL, SCORE), required_context=("goal", "business_foundation"), finish=scored,
    ),
    Topic(
        id="strategy_suggestions", name="Strategy Suggestions", category="strategic_planning",
        description="Get AI suggestions for strategies based on goals and business foundation",
        result=StrategySuggestionsResponse,
        example={
            "suggestions": [
                {
                    "title": "Answer every request the same day",
                    "description": "One person a day owns the inbox until it is empty, by rota, with three templates.",
                    "rationale": "Half of the lost patients left while they waited for a first answer.",
                    "difficulty": "low",
                    "timeframe": "1 month",
                    "expectedImpact": "high",
                    "prerequisites": ["Shared inbox"],
                    "estimatedCost": 500,
                    "requiredResources": ["One hour a day of one person"],
                }
            ],
            "confidence": 0.7,
            "reasoning": "The goal is about waiting, and the first answer is where most of the waiting happens.",
        },
        inputs=(
            Input("goal_id", description="ID of the goal that the strategies should serve", max_length=64),
            Input("market_context", description="What is going on in the market", max_length=5000),
            Input("constraints", "array", description="What limits the choice"),
        ),
        required_context=("goals", "business_foundation"), optional_context=("existing_strategies",),
        estimated_ms=40_000,
    ),
    Topic(
        id="measure_recommendations", name="Measure Recommendations", category="strategic_planning",
        description="Get AI recommendations for measures to track goal progress", result=MeasureRecommendationsResponse,
        example={
            "recommendations": [
                {
                    "name": "Days to first appointment",
                    "description": "Median days between a request and the first appointment",
                    "unit": "days",
                    "direction": "down",
                    "frequency": "weekly",
                    "reasoning": "It is the promise of the goal, seen from the patient's side.",
                }
            ],
            "total_recommendations": 1,
        },
        inputs=(
            Input("goal_id", description="ID of the goal to measure", max_length=64),
            Input("strategy_id", description="ID of the strategy to measure", max_length=64),
        ),
        required_context=("goals",), optional_context=("business_context", "existing_measures"), finish=counted,
        estimated_ms=40_000,
    ),
    Topic(
        id="goal_intent_review", name="Goal Intent Review", category="strategic_planning",
        description="Review what a goal is meant to achieve and suggest clearer intents",
        result=GoalIntentReviewResponse,
        example={
            "qualityReview": "The intent names an activity, not what changes for whom once it is done.",
            "qualityScore": 55,
            "suggestions": [
                {
                    "title": title,
                    "intentStatement": intent,
                    "explanation": "It names who notices the change and by when, so that the team can tell success "
                    "from effort.",
                    "strengthens": ["Clarity", "Measurability"],
                    "alignmentHighlights": {
                        "vision": "Care within a week for everybody",
                        "purpose": "Nobody waits alone",
                        "values": ["Plain words"],
                    },
                }
                for title, intent in (
                    ("Within a week", "By June every new patient is seen within seven days."),
                    ("Answered today", "By March every request gets a personal answer on the day it arrives."),
                    ("No one forgotten", "By May nobody is on the waiting list without a date they agreed to."),
                )
            ],
        },
        inputs=(
            Input("goal_id", description="ID of the goal", max_length=64),
            Input("current_intent", description="The intent as it stands", max_length=2000),
        ),
        optional_context=(
            "vision", "purpose", "core_values", "target_market", "value_proposition", "goal_title", "goal_intent",
            "other_goals",
        ),
    ),
)  # fmt: skip
