"""A business to ask about, and the topics' requests."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app.jobs.worker import work
from app.streams import redis_store
from app.streams.signals import signals
from app.topics.catalog import TOPICS
from app.topics.engine import Engine
from app.topics.topic import Kind
from app.web.container import resolve_from
from tests.conftest import Caller
from tests.outgoing.site import Site

BUSINESS: dict[str, Any] = {
    "foundation": {
        "profile": {
            "businessName": "Brass & Bloom", "industry": "Lighting", "companyStage": "growth", "businessType": "B2B",
        },
        "identity": {
            "vision": "Every hotel lobby glows like amber", "purpose": "We make evenings gentle",
            "values": [{"name": "Candour", "meaning": "We say it to the face"}],
        },
        "market": {"nicheStatement": "Boutique hotels", "icas": [{"name": "Hotel owner Hanna", "painPoints": "Glare"}]},
        "products": [{"name": "Amber dimmer", "problemSolved": "Cold light"}],
        "proposition": {"uniqueSellingProposition": "Fitted in a night"},
        "model": {"types": ["project", "service"]},
        "pillars": [{"name": "Craft"}],
    },
    "goals": [
        {
            "id": "goal-123", "title": "Win ten lighthouse hotels", "description": "Ten that others visit",
            "status": "active", "progress": 30, "targetDate": "2031-06-30",
        }
    ],
    "strategies": [
        {"id": "strategy-1", "name": "Showroom nights", "description": "Invite in winter", "alignmentScore": 72}
    ],
    "measures": [
        {
            "id": "measure-1", "name": "Lobby visits", "description": "Visits a month", "unit": "visits",
            "direction": "up", "type": "quantitative", "currentValue": 41,
        }
    ],
    "actions": [
        {
            "id": "action-1", "title": "Ring the Astoria", "description": "Ask for a lobby walk", "priority": "high",
            "status": "in_progress", "dueDate": "2031-02-01",
        }
    ],
    "issues": [
        {
            "id": "issue-456", "title": "Flicker in cold rooms", "description": "Drivers fail below five degrees",
            "status": "open", "priority": "critical",
        }
    ],
    "people": [{"id": "person-1", "name": "Mara Quill"}],
    "departments": [{"id": "dept-1", "name": "Glassworks"}],
    "positions": [{"id": "position-1", "name": "Lamp smith"}],
}  # fmt: skip

REQUESTS: dict[str, dict[str, Any]] = {
    "niche_review": {"current_value": "We help small business owners with marketing"},
    "ica_review": {"current_value": "Business owners who want to grow"},
    "value_proposition_review": {"current_value": "We provide great marketing services"},
    "onboarding_suggestions": {"website_data": "Brass & Bloom fits lamps for hotels"},
    "onboarding_coaching": {"stage": "niche"},
    "business_metrics": {"metrics_type": "summary"},
    "goal_intent_review": {"goal_id": "goal-123", "current_intent": "Get well known hotels to use us"},
    "alignment_check": {"goal_id": "goal-123"},
    "alignment_explanation": {"goal_id": "goal-123", "alignment_score": 85},
    "alignment_suggestions": {"goal_id": "goal-123", "alignment_score": 65},
    "strategy_suggestions": {},
    "measure_recommendations": {},
    "insights_generation": {},
    "root_cause_suggestions": {"issue_id": "issue-456"},
    "swot_analysis": {},
    "action_suggestions": {"issue_id": "issue-456"},
    "optimize_action_plan": {"goal_id": "goal-123"},
    "prioritization_suggestions": {"tasks": [{"id": "action-1", "title": "Ring the Astoria"}], "criteria": "impact"},
    "scheduling_suggestions": {"tasks": [{"id": "action-1", "title": "Ring the Astoria"}], "resources": "Mara"},
    "alignment_analysis": {"goal_id": "goal-123"},
    "measure_analysis": {"performance_data": {"period": "Q4 2025", "metrics": [{"name": "Lobby visits", "value": 41}]}},
    "operations_analysis": {"operations_data": {"orders": 12}, "analysis_type": "capacity"},
}
SINGLE = sorted(topic.id for topic in TOPICS.values() if topic.kind is Kind.SINGLE_SHOT)


def execute(caller: Caller, topic_id: str, parameters: Any = None, **kwargs: Any) -> Any:
    return caller.post("/ai/execute", json={"topic_id": topic_id, "parameters": parameters or {}}, **kwargs)


def answer_of(topic_id: str) -> Any:
    """What a model would say: the topic's example without what the server fills in."""
    topic = TOPICS[topic_id]
    return {name: value for name, value in topic.example.items() if name in topic.output_schema.schema["properties"]}


@pytest.fixture
def business(owner: Caller) -> Any:
    answer = owner.post("/workspace/import", json=BUSINESS)
    assert answer.status_code == 200, answer.json
    return BUSINESS


@pytest.fixture
def work_off(app: Flask) -> Callable[[], None]:
    """Runs what is queued on a real worker until nothing is left."""
    return lambda: work(app, redis_store.blocking_client(signals.url), 50, burst=True)


@pytest.fixture(autouse=True)
def as_in_the_catalogue(app: Flask, clean: None) -> None:
    """What an earlier test's operator has set is forgotten with its rows."""
    resolve_from(app, Engine).overrides.changed()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running
