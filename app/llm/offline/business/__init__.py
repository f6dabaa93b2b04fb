"""Answers about a business that are made of its own data: goals, foundation, issues, actions."""

from collections.abc import Callable
from typing import Any

from app.llm.offline.business import advice, alignment, measures, noticing, onboarding, planning, website
from app.llm.offline.reading import Reading

Answer = dict[str, Any]

RECIPES: dict[str, Callable[[Reading], Answer]] = {
    "GoalAlignmentCheckResponse": alignment.checked,
    "GoalAlignmentSuggestionsResponse": alignment.suggested,
    "AlignmentExplanationResponse": alignment.explained,
    "OperationsAlignmentResponse": alignment.of_actions,
    "StrategySuggestionsResponse": advice.strategies,
    "ActionSuggestionsResponse": advice.actions,
    "RootCauseMethodsResponse": advice.methods,
    "KPIRecommendationsResponse": measures.kpis,
    "MeasureRecommendationsResponse": measures.recommended,
    "PrioritizationSuggestionsResponse": planning.priorities,
    "SchedulingSuggestionsResponse": planning.schedule,
    "OnboardingSuggestionsResponse": onboarding.suggested,
    "OnboardingCoachingResponse": onboarding.coached,
    "ConversationReplyResponse": onboarding.conversed,
    "InsightsGenerationResponse": noticing.insights,
    "WebsiteScanResponse": website.scanned,
}
