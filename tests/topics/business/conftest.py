"""Requests of the single-purpose endpoints as the contract prints them, and what a model says to them."""

from typing import Any

import pytest

from app.topics.business.endpoints import ENDPOINTS
from app.topics.catalog import TOPICS
from tests.conftest import Caller
from tests.double.client import Double
from tests.topics.conftest import BUSINESS

FOUNDATION = {
    "vision": "Every clinic answers within a day", "purpose": "Nobody waits alone", "coreValues": ["Candour", "Calm"],
    "targetMarket": "Small clinics", "valueProposition": "Answers in a day",
}  # fmt: skip
GOAL = {
    "intent": "Increase customer retention", "strategies": [{"description": "Call every new clinic in week two"}],
    "kpis": [{"sharedKpiId": "kpi-1", "name": "Churn"}],
}  # fmt: skip
ACTIONS = [
    {
        "id": "a1",
        "title": "Build the tour",
        "description": "A guided tour",
        "priority": "high",
        "status": "in_progress",
    },
    {"id": "a2", "title": "Write the manual", "description": "Ten pages", "priority": "low", "status": "not_started"},
]
PLANNED = [
    {"id": "a1", "title": "Build the tour", "estimatedDuration": 40, "dependencies": ["a2"], "assignedTo": "Mara"},
    {"id": "a2", "title": "Write the manual", "estimatedDuration": 16, "dependencies": [], "assignedTo": "Jan"},
]
BODIES: dict[str, Any] = {
    "/coaching/alignment-check": {
        "goalIntent": "Increase customer retention", "strategies": ["Call every new clinic in week two"],
        "kpis": ["Churn"], "businessFoundation": FOUNDATION,
    },
    "/coaching/alignment-explanation": {"goal": GOAL, "businessFoundation": FOUNDATION},
    "/coaching/alignment-suggestions": {"goal": GOAL, "businessFoundation": FOUNDATION},
    "/coaching/strategy-suggestions": {
        "goalIntent": "Increase customer retention",
        "businessContext": {
            "industry": "Health", "businessType": "SaaS", "targetMarket": "Clinics", "currentChallenges": ["Churn"],
        },
        "existingStrategies": ["Newsletter"],
        "constraints": {"budget": 50000, "timeline": "6 months", "resources": ["2 developers", "1 designer"]},
    },
    "/coaching/kpi-recommendations": {
        "goalIntent": "Increase customer retention", "strategies": [{"description": "Calls", "category": "service"}],
        "businessContext": {"industry": "Health", "businessType": "SaaS", "currentKPIs": ["Revenue"]},
        "preferences": {"quantitative": True, "leadingIndicators": True, "laggingIndicators": True},
    },
    "/operations/strategic-alignment": {
        "actions": ACTIONS, "businessFoundation": FOUNDATION,
        "goals": [{"id": "g1", "intent": "Increase customer retention", "strategies": ["Calls"]}],
    },
    "/operations/root-cause-suggestions": {
        "issueTitle": "Churn is rising", "issueDescription": "Clinics leave in month two", "businessImpact": "high",
        "context": {"reportedBy": "Mara", "dateReported": "2026-01-02", "affectedAreas": ["Sales"]},
    },
    "/operations/action-suggestions": {
        "issue": {
            "title": "Churn is rising", "description": "Clinics leave in month two", "impact": "high",
            "rootCause": "Nobody calls",
        },
        "constraints": {"timeline": "1 month", "budget": 10000, "availableResources": ["2 developers"]},
        "context": {"relatedGoals": ["Retention"], "currentActions": [], "businessPriorities": ["Calm"]},
    },
    "/operations/prioritization-suggestions": {
        "actions": [
            {
                "id": "a1", "title": "Build the tour", "currentPriority": "low", "dueDate": "2026-02-01",
                "impact": "high", "effort": "medium", "status": "in_progress", "linkedGoals": ["g1"],
            }
        ],
        "businessContext": {"currentGoals": ["Retention"], "constraints": [], "urgentDeadlines": []},
    },
    "/operations/scheduling-suggestions": {
        "actions": PLANNED,
        "constraints": {
            "teamCapacity": 160, "criticalDeadlines": [{"date": "2026-03-01", "description": "Product launch"}],
            "teamAvailability": [{"personId": "mara", "hoursPerWeek": 40, "unavailableDates": []}],
        },
    },
    "/suggestions/onboarding": {
        "kind": "niche", "current": "Clinics",
        "context": {"businessName": "Calmly", "industry": "Health", "products": ["Rota"]},
    },
    "/coaching/onboarding": {
        "topic": "coreValues", "message": "We never hide mistakes",
        "context": {"businessName": "Calmly", "industry": "Health", "currentDraft": "Honesty"},
    },
}  # fmt: skip
BODIES["/coaching/measure-recommendations"] = BODIES["/coaching/kpi-recommendations"]
SCHEDULE = {
    "actionId": "a1", "suggestedStartDate": "2026-02-02", "suggestedDueDate": "2026-02-06",
    "reasoning": "Before launch.",
    "confidence": 0.9, "dependencies": ["Manual first"], "resourceConsiderations": [], "risks": [],
    "alternativeSchedules": [{"startDate": "2026-02-09", "dueDate": "2026-02-13", "rationale": "More buffer"}],
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "/operations/strategic-alignment": {
        "alignmentAnalysis": [
            {
                "actionId": "a1", "alignmentScore": 80, "recommendations": ["Keep it"],
                "strategicConnections": [{"goalId": "g1", "goalTitle": "?", "alignmentScore": 85, "impact": "high"}],
            }
        ],
        "overallAlignment": 70, "insights": ["The manual serves no goal"],
    },
    "/operations/prioritization-suggestions": {
        "data": [TOPICS["prioritization_suggestions"].example["data"][0] | {"actionId": "a1"}]
    },
    "/operations/scheduling-suggestions": {"data": [SCHEDULE, SCHEDULE | {"actionId": "a2"}]},
}  # fmt: skip


def answer_of(path: str) -> Any:
    topic = next(TOPICS[endpoint.topic] for endpoint in ENDPOINTS if endpoint.path == path)
    said = ANSWERS.get(path) or topic.example
    return {name: value for name, value in said.items() if name in topic.output_schema.schema["properties"]}


def ask(caller: Caller, path: str, **changes: Any) -> Any:
    return caller.post(path, json=BODIES[path] | changes)


def asked(caller: Caller, double: Double, path: str, **changes: Any) -> Any:
    double.script({"json": answer_of(path)})
    answer = ask(caller, path, **changes)
    assert answer.status_code == 200, answer.json
    return answer.json["data"]


def reply(text: str, related: list[str] | None = None) -> dict[str, Any]:
    return {"json": {"response": text, "suggestions": ["Call"], "relatedInsights": related or []}}


@pytest.fixture
def business(owner: Caller) -> Any:
    assert owner.post("/workspace/import", json=BUSINESS).status_code == 200
    return BUSINESS
