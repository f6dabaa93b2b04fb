"""Answers about a business from the rows of its workspace; nothing for what a caller sent instead of them."""

from collections.abc import Callable
from typing import Any

from app.llm.offline.reading import Reading
from app.llm.offline.tenant import figures, onboarding, operations, strategy

Answer = dict[str, Any]

RECIPES: dict[str, Callable[[Reading, int], Answer]] = {
    "OnboardingReviewResponse": onboarding.reviewed,
    "OnboardingSuggestionsResponse": onboarding.suggested,
    "OnboardingCoachingResponse": onboarding.coached,
    "AlignmentAnalysisResponse": strategy.alignment,
    "GoalAlignmentResponse": strategy.goal_alignment,
    "AlignmentExplanationResponse": strategy.explanation,
    "AlignmentSuggestionsResponse": strategy.improvements,
    "StrategySuggestionsResponse": strategy.strategies,
    "MeasureRecommendationsResponse": strategy.measures,
    "GoalIntentReviewResponse": strategy.intents,
    "RootCauseSuggestionsResponse": operations.causes,
    "ActionSuggestionsResponse": operations.actions,
    "OptimizedActionPlanResponse": operations.plan,
    "PrioritizationSuggestionsResponse": operations.priorities,
    "SchedulingSuggestionsResponse": operations.schedule,
    "SWOTAnalysisResponse": figures.swot,
    "MeasurePerformanceResponse": figures.performance,
    "OperationsAnalysisResponse": figures.operations,
    "BusinessMetricsResponse": figures.metrics,
}
