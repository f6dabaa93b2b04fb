"""Operations: what lies behind an issue, what to do, in which order and when."""

from app.core.json import JSONObject, objects_of
from app.topics.catalog import schedule
from app.topics.result import Result, among, count, day, many, optional, prose, share, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

MANY_ROWS = 16_000  # tokens of an answer with a row for each of up to 200 actions; more than most models give
PRIORITIES = ("low", "medium", "high", "critical")
ISSUE = Input("issue_id", required=True, description="ID of the issue", max_length=64)


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


ACTION: JSONObject = {
    "title": "Call the ten quietest customers",
    "description": "Two calls a day for a week, five questions each, notes into the shared sheet.", "priority": "high",
    "estimatedDuration": 10, "estimatedCost": 0, "assignmentSuggestion": "Customer success", "dependencies": [],
    "confidence": 0.8, "reasoning": "Nobody has asked them yet, and every other step rests on the answer.",
    "expectedOutcome": "Three causes with names and numbers", "risks": ["Some will not pick up"],
}  # fmt: skip


def prioritised(data: JSONObject, values: JSONObject) -> JSONObject:
    """What an action's priority is now, the caller knows best."""
    tasks = schedule.rows_with_id(values.get("tasks"))
    now = {row["id"]: row.get("currentPriority") or row.get("priority") for row in tasks}
    return {
        "data": [
            {**item, "currentPriority": priority} if (priority := now.get(item["actionId"])) in PRIORITIES else item
            for item in requested_items(data, values)
        ]
    }


def scheduled(data: JSONObject, values: JSONObject) -> JSONObject:
    return schedule.move_dates({"data": requested_items(data, values)}, values)


def on_real_days(answer: JSONObject, values: JSONObject) -> list[str]:
    return schedule.impossible(answer) or about_the_request(answer, values)


def requested_items(data: JSONObject, values: JSONObject) -> list[JSONObject]:
    """Only actions of the request, each once."""
    known = actions_of(values)
    rows = reversed(objects_of(data["data"]))
    items = {item["actionId"]: item for item in rows if not known or item["actionId"] in known}
    return list(reversed(items.values()))


def about_the_request(answer: JSONObject, values: JSONObject) -> list[str]:
    """An answer that speaks of none of the actions is none."""
    known = actions_of(values)
    if not known or any(item["actionId"] in known for item in objects_of(answer["data"])):
        return []
    return [f"actionId: it must be one of {sorted(known)[:50]}"]


def actions_of(values: JSONObject) -> set[str]:
    rows = schedule.rows_with_id(values.get("tasks")) or schedule.rows_with_id(values.get("actions"))
    return {str(row["id"]) for row in rows}


TOPICS = (
    Topic(
        id="root_cause_suggestions", name="Root Cause Suggestions", category="operations_ai",
        description="Get AI suggestions for root causes of an issue", result=RootCauseSuggestionsResponse,
        example={
            "issue_summary": "Deliveries arrive late on Mondays",
            "potential_causes": [
                {
                    "cause": "Orders of the weekend are read on Monday morning", "likelihood": "high",
                    "evidence": "Only Mondays are late, and the inbox is empty from Friday on.",
                    "investigation_steps": ["Compare arrival and reading times", "Ask the Monday shift"],
                },
            ],
        },
        inputs=(ISSUE,), required_context=("issue",), optional_context=("business_context",),
    ),
    Topic(
        id="swot_analysis", name="SWOT Analysis", category="operations_ai",
        description="Generate a SWOT analysis based on business context", result=SWOTAnalysisResponse,
        example={
            "strengths": ["Customers stay for four years on average"],
            "weaknesses": ["One person knows the scheduling system"],
            "opportunities": ["Two rivals in town have closed"], "threats": ["Flour costs grow faster than prices"],
        },
        inputs=(Input("subject", description="What to look at", max_length=500),),
        required_context=("business_foundation",), optional_context=("goals", "strategies", "measures_summary"),
    ),
    Topic(
        id="action_suggestions", name="Action Suggestions", category="operations_ai",
        description="Get AI-suggested actions for an issue", result=ActionSuggestionsResponse,
        example={"suggestions": [ACTION]},
        inputs=(ISSUE, Input("constraints", "array", description="What limits the choice")),
        required_context=("issue",), optional_context=("business_context", "actions"),
    ),
    Topic(
        id="optimize_action_plan", name="Optimize Action Plan", category="operations_ai",
        description="Optimize an existing action plan for better outcomes", result=OptimizedActionPlanResponse,
        example={
            "optimized_plan": [ACTION],
            "optimization_rationale": "The calls come first, since two other actions guess at what they would tell.",
            "efficiency_gain": "About 12 hours in the first month",
        },
        inputs=(
            Input("goal_id", required=True, description="ID of the goal that the plan serves", max_length=64),
            Input("current_plan", "array", description="The plan, when it is not in the workspace", max_length=40_000),
            Input("optimization_goals", "array", description="What should get better"),
        ),
        required_context=("goal", "actions"), optional_context=("business_context",),
    ),
    Topic(
        id="prioritization_suggestions", name="Prioritization Suggestions", category="operations_ai",
        description="Suggest which actions come first", result=PrioritizationSuggestionsResponse,
        example={
            "data": [
                {
                    "actionId": "action-1", "suggestedPriority": "critical", "currentPriority": "medium",
                    "reasoning": "Two other actions wait for it.", "confidence": 0.8,
                    "urgencyFactors": ["Blocks other work"], "impactFactors": ["Revenue"],
                    "recommendedAction": "escalate", "estimatedBusinessValue": 5000,
                },
            ],
        },
        inputs=(
            Input("tasks", "array", description="The actions, when they are not in the workspace", max_length=200_000),
            Input("criteria", "array", description="What counts"),
        ),
        optional_context=("actions", "goals", "business_context"), check=about_the_request, finish=prioritised,
        max_tokens=MANY_ROWS,
    ),
    Topic(
        id="scheduling_suggestions", name="Scheduling Suggestions", category="operations_ai",
        description="Suggest when actions should begin and be done", result=SchedulingSuggestionsResponse,
        example={
            "data": [
                {
                    "actionId": "action-1", "suggestedStartDate": "2026-02-02", "suggestedDueDate": "2026-02-06",
                    "reasoning": "It comes before the launch and fits into one quiet week.", "confidence": 0.7,
                    "dependencies": [], "resourceConsiderations": ["Two people for a week"],
                    "risks": ["A holiday on Wednesday"], "alternativeSchedules": [],
                },
            ],
        },
        inputs=(
            Input("tasks", "array", description="The actions, when they are not in the workspace", max_length=200_000),
            Input("resources", "array", description="Who can work on them"),
            Input("constraints", "array", description="Capacity, deadlines, absences"),
        ),
        optional_context=("actions", "people", "today"), check=on_real_days, finish=scheduled, max_tokens=MANY_ROWS,
    ),
)  # fmt: skip
