"""Operations: what lies behind an issue, what to do, in which order and when."""

from app.core.json import JSONObject, objects_of
from app.llm.choices import known_id
from app.topics import result
from app.topics.catalog import schedule
from app.topics.catalog.strategy import CONSTRAINTS
from app.topics.result import Result, among, count, day, degree, many, optional, priority, prose, share, words
from app.topics.topic import Input, Topic
from app.web.schemas import Schema

MANY_ROWS = 16_000  # tokens of an answer with a row for each of up to 200 actions; more than most models give
CATEGORY = "operations_ai"
ISSUE = Input("issue_id", "ID of the issue", required=True, max_length=64)
TASKS = Input("tasks", "The actions, when they are not in the workspace", "array", max_length=200_000)


class PotentialCause(Schema):
    cause = prose(300)
    likelihood = degree()
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
    priority = priority()
    estimatedDuration = count(1, 10_000, "hours")
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
    suggestedPriority = priority()
    currentPriority = priority()
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


def prioritised(data: JSONObject, values: JSONObject) -> JSONObject:
    """What an action's priority is now, the caller knows best."""
    tasks = schedule.rows_with_id(values.get("tasks"))
    sent = [(row["id"], row.get("currentPriority") or row.get("priority")) for row in tasks]
    known = {action_id: {"currentPriority": now} for action_id, now in sent if now in result.PRIORITIES}
    return {"data": [{**item, **known.get(item["actionId"], {})} for item in requested_items(data, values)]}


def scheduled(data: JSONObject, values: JSONObject) -> JSONObject:
    return schedule.move_dates({"data": requested_items(data, values)}, values)


def requested_items(data: JSONObject, values: JSONObject, rows: str = "data") -> list[JSONObject]:
    """Only actions of the request, each once, under the ids that it has for them."""
    known = actions_of(values)
    found = [(known_id(str(item["actionId"]), known), item) for item in objects_of(data[rows])]
    items = {name: {**item, "actionId": name} for name, item in reversed(found) if name}
    return list(reversed(items.values())) if known else objects_of(data[rows])


def about_the_request(answer: JSONObject, values: JSONObject, rows: str = "data") -> list[str]:
    """An answer that speaks of none of the actions is none."""
    known = actions_of(values)
    if not known or any(known_id(str(item["actionId"]), known) for item in objects_of(answer[rows])):
        return []
    return [f"actionId: it must be one of {sorted(known)[:50]}"]


def actions_of(values: JSONObject) -> set[str]:
    rows = schedule.rows_with_id(values.get("tasks")) or schedule.rows_with_id(values.get("actions"))
    return {str(row["id"]) for row in rows}


TOPICS = (
    Topic(
        "root_cause_suggestions", "Root Cause Suggestions", CATEGORY,
        "Get AI suggestions for root causes of an issue", RootCauseSuggestionsResponse, inputs=(ISSUE,),
        required_context=("issue",), optional_context=("business_context",),
    ),
    Topic(
        "swot_analysis", "SWOT Analysis", CATEGORY, "Generate a SWOT analysis based on business context",
        SWOTAnalysisResponse, inputs=(Input("subject", "What to look at", max_length=500),),
        required_context=("business_foundation",), optional_context=("goals", "strategies", "measures_summary"),
    ),
    Topic(
        "action_suggestions", "Action Suggestions", CATEGORY, "Get AI-suggested actions for an issue",
        ActionSuggestionsResponse, inputs=(ISSUE, CONSTRAINTS), required_context=("issue",),
        optional_context=("business_context", "actions"),
    ),
    Topic(
        "optimize_action_plan", "Optimize Action Plan", CATEGORY,
        "Optimize an existing action plan for better outcomes", OptimizedActionPlanResponse,
        inputs=(
            Input("goal_id", "ID of the goal that the plan serves", required=True, max_length=64),
            Input("current_plan", "The plan, when it is not in the workspace", "array", max_length=40_000),
            Input("optimization_goals", "What should get better", "array"),
        ),
        required_context=("goal", "actions"), optional_context=("business_context",),
    ),
    Topic(
        "prioritization_suggestions", "Prioritization Suggestions", CATEGORY, "Suggest which actions come first",
        PrioritizationSuggestionsResponse, inputs=(TASKS, Input("criteria", "What counts", "array")),
        optional_context=("actions", "goals", "business_context"), check=about_the_request, finish=prioritised,
        max_tokens=MANY_ROWS,
    ),
    Topic(
        "scheduling_suggestions", "Scheduling Suggestions", CATEGORY, "Suggest when actions should begin and be done",
        SchedulingSuggestionsResponse,
        inputs=(
            TASKS, Input("resources", "Who can work on them", "array"),
            Input("constraints", "Capacity, deadlines, absences", "array"),
        ),
        optional_context=("actions", "people", "today"), finish=scheduled, max_tokens=MANY_ROWS,
        check=about_the_request,
    ),
)  # fmt: skip
