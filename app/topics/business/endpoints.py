"""The single-purpose endpoints: a table over the topic engine. One more is one row here, one topic, one prompt."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.topics.business import schemas
from app.web.schemas import Schema

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``values`` makes the prompt's parameters of a body; ``data`` the envelope's data of a result.

    ``needed`` are fields of the body without which nothing sensible can be said; ``refusal`` is the code of a body that
    is not valid, ``failure`` that of a model's answer which stays broken.
    """

    path: str
    topic: str
    schema: type[Schema]
    summary: str
    values: Callable[[Body], Body]
    data: Callable[[Body], Any] = lambda result: result
    needed: tuple[str, ...] = ()
    founded: bool = False
    refusal: str = "VALIDATION_ERROR"
    failure: str = ""


def filled(**values: Any) -> Body:
    """Only what is there: the rest is read from the workspace."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def stripped(value: Any) -> Any:
    """Without the fields that were not sent."""
    if isinstance(value, dict):
        return {name: stripped(item) for name, item in value.items() if item not in (None, "", [], {})}
    return [stripped(item) for item in value] if isinstance(value, list) else value


def goal_of_parts(body: Body) -> Body:
    goal = {
        "intent": body["goalIntent"],
        "strategies": body["strategies"],
        "measures": body["kpis"] or body["measures"],
    }
    return filled(goal=stripped(goal), business_foundation=stripped(body["businessFoundation"]))


def goal_as_sent(body: Body) -> Body:
    return filled(goal=stripped(body["goal"]), business_foundation=stripped(body["businessFoundation"]))


def for_strategies(body: Body) -> Body:
    goals = [{"intent": body["goalIntent"]}]
    return filled(
        goals=goals, business_foundation=body["businessContext"], existing_strategies=body["existingStrategies"],
        constraints=body["constraints"],
    )  # fmt: skip


def for_kpis(body: Body) -> Body:
    context = dict(body["businessContext"] or {})
    measured = context.pop("currentKPIs", None) or context.pop("currentMeasures", None)
    goal = stripped({"intent": body["goalIntent"], "strategies": body["strategies"]})
    return filled(goal=goal, existing_measures=measured, business_context=context, preferences=body["preferences"])


def for_operations(body: Body) -> Body:
    return {"tasks": stripped(body["actions"]), "goals": stripped(body["goals"])} | filled(
        business_foundation=stripped(body["businessFoundation"])
    )


def for_root_causes(body: Body) -> Body:
    issue = {"title": body["issueTitle"], "description": body["issueDescription"], "impact": body["businessImpact"]}
    return filled(issue=stripped(issue), context=body["context"])


def for_actions(body: Body) -> Body:
    return filled(issue=stripped(body["issue"]), constraints=body["constraints"], business_context=body["context"])


def for_priorities(body: Body) -> Body:
    return {"tasks": stripped(body["actions"])} | filled(business_context=body["businessContext"])


def for_schedule(body: Body) -> Body:
    return {"tasks": stripped(body["actions"])} | filled(constraints=body["constraints"])


def for_onboarding(body: Body) -> Body:
    return filled(kind=body["kind"], current=body["current"], business_context=body["context"])


def for_onboarding_coaching(body: Body) -> Body:
    context = dict(body["context"] or {})
    draft = context.pop("currentDraft", None)
    return filled(stage=body["topic"], message=body["message"], current=draft, business_context=context)


def for_scan(body: Body) -> Body:
    return {"website_url": body["url"].strip()}


def scanned(result: Body) -> Body:
    """The scan in the words of the onboarding form."""
    profile, market, offers = result["company_profile"], result["target_market"], result["offers"]
    return {
        "businessName": profile["company_name"],
        "industry": profile.get("industry") or "",
        "description": profile["overview"],
        "products": [name for name in (offers["primary_product"], *offers["features"]) if name][:10],
        "targetMarket": market["primary_audience"],
        "suggestedNiche": market.get("niche_statement") or market["primary_audience"],
        "scan_id": result["scan_id"],
        "captured_at": result["captured_at"],
        "source_url": result["source_url"],
    }


ENDPOINTS = (
    Endpoint(
        "/coaching/alignment-check", "goal_alignment", schemas.AlignmentIn, "Score how a goal fits the foundation",
        goal_of_parts, needed=("goalIntent",), founded=True, failure="ALIGNMENT_CALCULATION_FAILED",
    ),
    Endpoint(
        "/coaching/alignment-explanation", "alignment_explanation", schemas.GoalAlignmentIn,
        "Explain how a goal fits the foundation", goal_as_sent, founded=True, refusal="INVALID_GOAL_DATA",
    ),
    Endpoint(
        "/coaching/alignment-suggestions", "goal_alignment_suggestions", schemas.GoalAlignmentIn,
        "Suggest how a goal could fit the foundation", goal_as_sent, founded=True, refusal="INVALID_GOAL_DATA",
    ),
    Endpoint(
        "/coaching/strategy-suggestions", "strategy_suggestions", schemas.StrategiesIn, "Suggest strategies for a goal",
        for_strategies, needed=("goalIntent",),
    ),
    Endpoint(
        "/coaching/kpi-recommendations", "kpi_recommendations", schemas.KPIsIn, "Recommend KPIs for a goal",
        for_kpis, needed=("goalIntent",),
    ),
    Endpoint(
        "/coaching/measure-recommendations", "kpi_recommendations", schemas.KPIsIn, "Recommend measures for a goal",
        for_kpis, needed=("goalIntent",),
    ),
    Endpoint(
        "/operations/strategic-alignment", "operations_alignment", schemas.OperationsAlignmentIn,
        "Analyse how actions serve the goals", for_operations, needed=("actions", "goals"),
    ),
    Endpoint(
        "/operations/root-cause-suggestions", "root_cause_methods", schemas.RootCauseIn,
        "Suggest how to find a root cause", for_root_causes, lambda result: result["methods"], ("issueTitle",),
    ),
    Endpoint(
        "/operations/action-suggestions", "action_suggestions", schemas.ActionsIn, "Suggest actions for an issue",
        for_actions, lambda result: result["suggestions"], ("issue",),
    ),
    Endpoint(
        "/operations/prioritization-suggestions", "prioritization_suggestions", schemas.PrioritizationIn,
        "Suggest which actions come first", for_priorities, lambda result: result["data"], ("actions",),
    ),
    Endpoint(
        "/operations/scheduling-suggestions", "scheduling_suggestions", schemas.SchedulingIn,
        "Suggest when actions should be done", for_schedule, lambda result: result["data"], ("actions",),
    ),
    Endpoint(
        "/suggestions/onboarding", "onboarding_suggestions", schemas.OnboardingIn,
        "Suggest a niche, an ideal client or a value proposition", for_onboarding,
    ),
    Endpoint("/website/scan", "website_scan", schemas.ScanIn, "Read a website for onboarding", for_scan, scanned),
    Endpoint(
        "/coaching/onboarding", "onboarding_coaching", schemas.OnboardingCoachingIn,
        "Coach through a part of the foundation", for_onboarding_coaching,
    ),
)  # fmt: skip
