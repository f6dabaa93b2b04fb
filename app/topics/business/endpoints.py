"""The single-purpose endpoints: a table over the topic engine. One more is one row here, one topic, one prompt."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core.json import JSONObject, JSONValue, as_object
from app.topics.business import schemas
from app.web.schemas import Schema


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``values`` makes the prompt's parameters of a body; ``data`` the envelope's data of a result.

    ``required`` are fields of the body that must say something; ``refusal`` is the code of a body that is not valid,
    ``failure`` that of a model's answer which stays broken. ``speaks`` is the result's field that talks to the person.
    """

    path: str
    topic: str
    schema: type[Schema]
    summary: str
    values: Callable[[JSONObject], JSONObject]
    data: Callable[[JSONObject], JSONValue] = lambda result: result
    required: tuple[str, ...] = ()
    needs_foundation: bool = False
    refusal: str = "VALIDATION_ERROR"
    failure: str = ""
    speaks: str = ""


def present(**values: JSONValue) -> JSONObject:
    """Only what is there: the rest is read from the workspace."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def stripped(value: JSONValue) -> JSONValue:
    """Without the fields that were not sent."""
    if isinstance(value, dict):
        return {name: stripped(item) for name, item in value.items() if item not in (None, "", [], {})}
    return [stripped(item) for item in value] if isinstance(value, list) else value


def goal_of_parts(body: JSONObject) -> JSONObject:
    measures = body["kpis"] or body["measures"]
    goal = stripped({"intent": body["goalIntent"], "strategies": body["strategies"], "measures": measures})
    return present(goal=goal, business_foundation=stripped(body["businessFoundation"]))


def goal_as_sent(body: JSONObject) -> JSONObject:
    return present(goal=stripped(body["goal"]), business_foundation=stripped(body["businessFoundation"]))


def for_kpis(body: JSONObject) -> JSONObject:
    context = dict(as_object(body["businessContext"]))
    measured = context.pop("currentKPIs", None) or context.pop("currentMeasures", None)
    goal = stripped({"intent": body["goalIntent"], "strategies": body["strategies"]})
    return present(goal=goal, existing_measures=measured, business_context=context, preferences=body["preferences"])


def for_operations(body: JSONObject) -> JSONObject:
    foundation = stripped(body["businessFoundation"])
    return present(tasks=stripped(body["actions"]), goals=stripped(body["goals"]), business_foundation=foundation)


def for_root_causes(body: JSONObject) -> JSONObject:
    issue = {"title": body["issueTitle"], "description": body["issueDescription"], "impact": body["businessImpact"]}
    return present(issue=stripped(issue), context=body["context"])


def for_onboarding_coaching(body: JSONObject) -> JSONObject:
    context = dict(as_object(body["context"]))
    draft = context.pop("currentDraft", None)
    return present(stage=body["topic"], message=body["message"], current=draft, business_context=context)


def scanned(result: JSONObject) -> JSONObject:
    """The scan in the words of the onboarding form."""
    profile, market = as_object(result["company_profile"]), as_object(result["target_market"])
    offers = as_object(result["offers"])
    features = offers["features"] if isinstance(offers["features"], list) else []
    return {
        "businessName": profile["company_name"],
        "industry": profile.get("industry") or "",
        "description": profile["overview"],
        "products": [name for name in (offers["primary_product"], *features) if name][:10],
        "targetMarket": market["primary_audience"],
        "suggestedNiche": market.get("niche_statement") or market["primary_audience"],
        "scan_id": result["scan_id"],
        "captured_at": result["captured_at"],
        "source_url": result["source_url"],
    }


ENDPOINTS = (
    Endpoint(
        "/coaching/alignment-check", "goal_alignment", schemas.AlignmentIn, "Score how a goal fits the foundation",
        goal_of_parts, required=("goalIntent",), needs_foundation=True, failure="ALIGNMENT_CALCULATION_FAILED",
    ),
    Endpoint(
        "/coaching/alignment-explanation", "alignment_explanation", schemas.GoalAlignmentIn,
        "Explain how a goal fits the foundation", goal_as_sent, needs_foundation=True, refusal="INVALID_GOAL_DATA",
    ),
    Endpoint(
        "/coaching/alignment-suggestions", "goal_alignment_suggestions", schemas.GoalAlignmentIn,
        "Suggest how a goal could fit the foundation", goal_as_sent, needs_foundation=True, refusal="INVALID_GOAL_DATA",
    ),
    Endpoint(
        "/coaching/strategy-suggestions", "strategy_suggestions", schemas.StrategiesIn, "Suggest strategies for a goal",
        lambda body: present(
            goals=[{"intent": body["goalIntent"]}], business_foundation=body["businessContext"],
            existing_strategies=body["existingStrategies"], constraints=body["constraints"],
        ), required=("goalIntent",),
    ),
    Endpoint(
        "/coaching/kpi-recommendations", "kpi_recommendations", schemas.KPIsIn, "Recommend KPIs for a goal",
        for_kpis, required=("goalIntent",),
    ),
    Endpoint(
        "/coaching/measure-recommendations", "kpi_recommendations", schemas.KPIsIn, "Recommend measures for a goal",
        for_kpis, required=("goalIntent",),
    ),
    Endpoint(
        "/operations/strategic-alignment", "operations_alignment", schemas.OperationsAlignmentIn,
        "Analyse how actions serve the goals", for_operations, required=("actions", "goals"),
    ),
    Endpoint(
        "/operations/root-cause-suggestions", "root_cause_methods", schemas.RootCauseIn,
        "Suggest how to find a root cause", for_root_causes, lambda result: result["methods"], ("issueTitle",),
    ),
    Endpoint(
        "/operations/action-suggestions", "action_suggestions", schemas.ActionsIn, "Suggest actions for an issue",
        lambda body: present(
            issue=stripped(body["issue"]), constraints=body["constraints"], business_context=body["context"]
        ), lambda result: result["suggestions"], ("issue",),
    ),
    Endpoint(
        "/operations/prioritization-suggestions", "prioritization_suggestions", schemas.PrioritizationIn,
        "Suggest which actions come first",
        lambda body: present(tasks=stripped(body["actions"]), business_context=body["businessContext"]),
        lambda result: result["data"], ("actions",),
    ),
    Endpoint(
        "/operations/scheduling-suggestions", "scheduling_suggestions", schemas.SchedulingIn,
        "Suggest when actions should be done",
        lambda body: present(tasks=stripped(body["actions"]), constraints=body["constraints"]),
        lambda result: result["data"], ("actions",),
    ),
    Endpoint(
        "/suggestions/onboarding", "onboarding_suggestions", schemas.OnboardingIn,
        "Suggest a niche, an ideal client or a value proposition",
        lambda body: present(kind=body["kind"], current=body["current"], business_context=body["context"]),
    ),
    Endpoint(
        "/website/scan", "website_scan", schemas.ScanIn, "Read a website for onboarding",
        lambda body: {"website_url": str(body["url"]).strip()}, scanned,
    ),
    Endpoint(
        "/coaching/onboarding", "onboarding_coaching", schemas.OnboardingCoachingIn,
        "Coach through a part of the foundation", for_onboarding_coaching, speaks="response",
    ),
)  # fmt: skip
