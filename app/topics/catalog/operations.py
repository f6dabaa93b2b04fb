"""Operations: what lies behind an issue, what to do, in which order and when."""

from collections.abc import Mapping
from typing import Any

from app.topics.catalog import schedule
from app.topics.result import Result, among, count, day, many, optional, prose, share, words
from app.topics.topics import Asked, Body, Topic
from app.web.schemas import Schema

MANY_ROWS = 16_000  # tokens of an answer with a row for each of up to 200 actions; more than most models give
PRIORITIES = ("low", "medium", "high", "critical")
ISSUE = Asked("issue_id", required=True, description="ID of the issue", most=64)


class PotentialCause(Schema):
    cause = prose(300)
    likelihood = among("low", "medium", "high")
    evidence = prose(600)
    investigation_steps = words(6, 1)


class RootCauseSuggestionsResponse(Result):
    issue_summary = prose(600)
    potential_causes = many(PotentialCause, 6)


class SWOTAnalysisResponse(Result):
    strengths = words(8, 1)
    weaknesses = words(8, 1)
    opportunities = words(8, 1)
    threats = words(8, 1)


class ActionSuggestion(Schema):
    title = prose(100)
    description = prose(600)
    priority = among(*PRIORITIES)
    estimatedDuration = count(1, 10_000)
    estimatedCost = optional(count(0, 100_000_000))
    assignmentSuggestion = optional(prose(200))
    dependencies = words(6)
    confidence = share()
    reasoning = prose(600)
    expectedOutcome = prose(400)
    risks = words(6)


class ActionSuggestionsResponse(Result):
    suggestions = many(ActionSuggestion, 8)


class OptimizedActionPlanResponse(Result):
    optimized_plan = many(ActionSuggestion, 12)
    optimization_rationale = prose(1500)
    efficiency_gain = prose(300)


class PrioritizationSuggestion(Schema):
    actionId = prose(128)
    suggestedPriority = among(*PRIORITIES)
    currentPriority = among(*PRIORITIES)
    reasoning = prose(600)
    confidence = share()
    urgencyFactors = words(6)
    impactFactors = words(6)
    recommendedAction = among("escalate", "maintain", "de-prioritize")
    estimatedBusinessValue = optional(count(0, 1_000_000_000))


class PrioritizationSuggestionsResponse(Result):
    data = many(PrioritizationSuggestion, 200)


class AlternativeSchedule(Schema):
    startDate = day()
    dueDate = day()
    rationale = prose(400)


class SchedulingSuggestion(Schema):
    actionId = prose(128)
    suggestedStartDate = day()
    suggestedDueDate = day()
    reasoning = prose(600)
    confidence = share()
    dependencies = words(20)
    resourceConsiderations = words(6)
    risks = words(6)
    alternativeSchedules = optional(many(AlternativeSchedule, 3, 0))


class SchedulingSuggestionsResponse(Result):
    data = many(SchedulingSuggestion, 100)


ACTION = {
    "title": "Call the ten quietest customers",
    "description": "Two calls a day for a week, five questions each, notes into the shared sheet.",
    "priority": "high",
    "estimatedDuration": 10,
    "estimatedCost": 0,
    "assignmentSuggestion": "Customer success",
    "dependencies": [],
    "confidence": 0.8,
    "reasoning": "Nobody has asked them yet, and every other step rests on the answer.",
    "expectedOutcome": "Three causes with names and numbers",
    "risks": ["Some will not pick up"],
}


def prioritised(data: Body, values: Mapping[str, Any]) -> Body:
    """What an action's priority is now, the caller knows best."""
    data = asked_about(data, values)
    now = {row["id"]: row.get("currentPriority") or row.get("priority") for row in schedule.rows(values.get("tasks"))}
    for item in data["data"]:
        if now.get(item["actionId"]) in PRIORITIES:
            item["currentPriority"] = now[item["actionId"]]
    return data


def scheduled(data: Body, values: Mapping[str, Any]) -> Body:
    return schedule.settle(asked_about(data, values), values)


def on_real_days(answer: Body, values: Mapping[str, Any]) -> list[str]:
    return schedule.impossible(answer) or of_the_request(answer, values)


def asked_about(data: Body, values: Mapping[str, Any]) -> Body:
    """Only actions of the request, each once."""
    known = actions_of(values)
    items = {item["actionId"]: item for item in reversed(data["data"]) if not known or item["actionId"] in known}
    return {"data": list(reversed(items.values()))}


def of_the_request(answer: Body, values: Mapping[str, Any]) -> list[str]:
    """An answer that speaks of none of the actions is none."""
    known = actions_of(values)
    if not known or any(item["actionId"] in known for item in answer["data"]):
        return []
    return [f"actionId: it must be one of {sorted(known)[:50]}"]


def actions_of(values: Mapping[str, Any]) -> set[str]:
    return {row["id"] for row in schedule.rows(values.get("tasks")) or schedule.rows(values.get("actions"))}


TOPICS = (
    Topic(
        id="root_cause_suggestions",
        name="Root Cause Suggestions",
        category="operations_ai",
        description="Get AI suggestions for root causes of an issue",
        result=RootCauseSuggestionsResponse,
        example={
            "issue_summary": "Deliveries arrive late on Mondays",
            "potential_causes": [
                {
                    "cause": "Orders of the weekend are read on Monday morning",
                    "likelihood": "high",
                    "evidence": "Only Mondays are late, and the inbox is empty from Friday on.",
                    "investigation_steps": ["Compare arrival and reading times", "Ask the Monday shift"],
                }
            ],
        },
        asks=(ISSUE,),
        needs=("issue",),
        likes=("business_context",),
    ),
    Topic(
        id="swot_analysis",
        name="SWOT Analysis",
        category="operations_ai",
        description="Generate a SWOT analysis based on business context",
        result=SWOTAnalysisResponse,
        example={
            "strengths": ["Customers stay for four years on average"],
            "weaknesses": ["One person knows the scheduling system"],
            "opportunities": ["Two rivals in town have closed"],
            "threats": ["Flour costs grow faster than prices"],
        },
        asks=(Asked("subject", description="What to look at", most=500),),
        needs=("business_foundation",),
        likes=("goals", "strategies", "measures_summary"),
    ),
    Topic(
        id="action_suggestions",
        name="Action Suggestions",
        category="operations_ai",
        description="Get AI-suggested actions for an issue",
        result=ActionSuggestionsResponse,
        example={"suggestions": [ACTION]},
        asks=(ISSUE, Asked("constraints", "array", description="What limits the choice")),
        needs=("issue",),
        likes=("business_context", "actions"),
    ),
    Topic(
        id="optimize_action_plan",
        name="Optimize Action Plan",
        category="operations_ai",
        description="Optimize an existing action plan for better outcomes",
        result=OptimizedActionPlanResponse,
        example={
            "optimized_plan": [ACTION],
            "optimization_rationale": "The calls come first, since two other actions guess at what they would tell.",
            "efficiency_gain": "About 12 hours in the first month",
        },
        asks=(
            Asked("goal_id", required=True, description="ID of the goal that the plan serves", most=64),
            Asked("current_plan", "array", description="The plan, when it is not in the workspace", most=40_000),
            Asked("optimization_goals", "array", description="What should get better"),
        ),
        needs=("goal", "actions"),
        likes=("business_context",),
    ),
    Topic(
        id="prioritization_suggestions",
        name="Prioritization Suggestions",
        category="operations_ai",
        description="Suggest which actions come first",
        result=PrioritizationSuggestionsResponse,
        example={
            "data": [
                {
                    "actionId": "action-1",
                    "suggestedPriority": "critical",
                    "currentPriority": "medium",
                    "reasoning": "Two other actions wait for it.",
                    "confidence": 0.8,
                    "urgencyFactors": ["Blocks other work"],
                    "impactFactors": ["Revenue"],
                    "recommendedAction": "escalate",
                    "estimatedBusinessValue": 5000,
                }
            ]
        },
        asks=(
            Asked("tasks", "array", description="The actions, when they are not in the workspace", most=200_000),
            Asked("criteria", "array", description="What counts"),
        ),
        likes=("actions", "goals", "business_context"),
        check=of_the_request,
        settle=prioritised,
        max_tokens=MANY_ROWS,
    ),
    Topic(
        id="scheduling_suggestions",
        name="Scheduling Suggestions",
        category="operations_ai",
        description="Suggest when actions should begin and be done",
        result=SchedulingSuggestionsResponse,
        example={
            "data": [
                {
                    "actionId": "action-1",
                    "suggestedStartDate": "2026-02-02",
                    "suggestedDueDate": "2026-02-06",
                    "reasoning": "It comes before the launch and fits into one quiet week.",
                    "confidence": 0.7,
                    "dependencies": [],
                    "resourceConsiderations": ["Two people for a week"],
                    "risks": ["A holiday on Wednesday"],
                    "alternativeSchedules": [],
                }
            ]
        },
        asks=(
            Asked("tasks", "array", description="The actions, when they are not in the workspace", most=200_000),
            Asked("resources", "array", description="Who can work on them"),
            Asked("constraints", "array", description="Capacity, deadlines, absences"),
        ),
        likes=("actions", "people", "today"),
        check=on_real_days,
        settle=scheduled,
        max_tokens=MANY_ROWS,
    ),
)
