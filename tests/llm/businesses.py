"""Two small businesses that have nothing in common: what a workspace holds of each, and what is asked about it."""

from typing import Any

BAKERY: dict[str, Any] = {
    "foundation": {
        "profile": {
            "businessName": "Harvest Loaf", "businessDescription": "Sourdough for one neighbourhood, baked at night.",
            "industry": "Bakery", "companyStage": "early", "businessType": "B2C",
        },
        "identity": {
            "vision": "Every street in Linden wakes up to bread that was made by somebody they know",
            "purpose": "We feed a neighbourhood honestly",
            "values": [
                {"name": "Patience", "meaning": "Dough decides when it is ready."},
                {"name": "No waste", "meaning": "What is left over at six feeds somebody by seven."},
            ],
        },
        "market": {
            "nicheStatement": "Families within ten minutes on foot",
            "icas": [{"name": "Early Emma", "painPoints": "Supermarket bread is stale by noon"}],
        },
        "products": [
            {"name": "Rye subscription", "problemSolved": "Sold out by nine"},
            {"name": "Saturday buns", "problemSolved": "Nothing sweet for children"},
        ],
        "proposition": {"uniqueSellingProposition": "Bread with the baker's name on it"},
    },
    "goals": [
        {
            "id": "goal-subs", "title": "Reach 200 bread subscriptions", "status": "active", "progress": 55,
            "description": "Steady orders, so that nothing is baked for the bin", "targetDate": "2031-09-30",
        }
    ],
    "strategies": [
        {"id": "strategy-school", "name": "School breakfast", "description": "Buns for two schools each Friday"},
        {"id": "strategy-cards", "name": "Neighbour cards", "description": "A card for whoever brings a neighbour"},
    ],
    "measures": [
        {
            "id": "measure-waste", "name": "Unsold loaves", "description": "Loaves left at closing", "unit": "loaves",
            "direction": "down", "type": "quantitative", "currentValue": 18,
        }
    ],
    "actions": [
        {
            "id": "action-oven", "title": "Repair the second oven", "description": "The door does not close",
            "priority": "high", "status": "in_progress", "dueDate": "2031-03-05",
        },
        {"id": "action-flyer", "title": "Print the subscription flyer", "priority": "low", "status": "not_started"},
    ],
    "issues": [
        {
            "id": "issue-late", "title": "Deliveries arrive after breakfast", "status": "open", "priority": "high",
            "description": "Since the van broke down, forty customers get bread after nine",
        }
    ],
    "people": [{"id": "person-ida", "name": "Ida Kranz"}, {"id": "person-tom", "name": "Tom Berger"}],
    "departments": [{"id": "dept-night", "name": "Night shift"}],
    "positions": [{"id": "position-baker", "name": "Head baker"}],
}  # fmt: skip

LAW_FIRM: dict[str, Any] = {
    "foundation": {
        "profile": {
            "businessName": "Voss & Adeyemi", "businessDescription": "Employment law for hospitals and their staff.",
            "industry": "Legal services", "companyStage": "established", "businessType": "B2B",
        },
        "identity": {
            "vision": "No hospital in the state loses a nurse over a contract",
            "purpose": "We make hard agreements humane",
            "values": [
                {"name": "Clarity", "meaning": "A client understands every letter that we send."},
                {"name": "Loyalty", "meaning": "We never act for both sides."},
            ],
        },
        "market": {
            "nicheStatement": "Hospitals with 100 to 900 beds",
            "icas": [{"name": "Director Okoye", "painPoints": "Disputes that drag on for months"}],
        },
        "products": [
            {"name": "Contract review", "problemSolved": "Clauses that nobody understands"},
            {"name": "Mediation days", "problemSolved": "Disputes that end in court"},
        ],
        "proposition": {"uniqueSellingProposition": "A fixed fee, agreed before the first letter"},
    },
    "goals": [
        {
            "id": "goal-mediate", "title": "Settle 30 disputes outside court", "status": "active", "progress": 20,
            "description": "Faster and cheaper for both sides", "targetDate": "2032-01-31",
        }
    ],
    "strategies": [{"id": "strategy-training", "name": "Mediator training", "description": "Two partners train"}],
    "measures": [
        {
            "id": "measure-days", "name": "Days to settlement", "description": "Median days a dispute", "unit": "days",
            "direction": "down", "type": "quantitative", "currentValue": 92,
        }
    ],
    "actions": [
        {
            "id": "action-template", "title": "Write the mediation template", "description": "Two pages, plain words",
            "priority": "medium", "status": "not_started", "dueDate": "2031-11-14",
        }
    ],
    "issues": [
        {
            "id": "issue-billing", "title": "Invoices leave a month late", "status": "open", "priority": "medium",
            "description": "Partners enter their hours only at the end of the month",
        }
    ],
    "people": [{"id": "person-nia", "name": "Nia Adeyemi"}],
    "departments": [{"id": "dept-court", "name": "Litigation"}],
    "positions": [{"id": "position-clerk", "name": "Clerk"}],
}  # fmt: skip


def requests(business: dict[str, Any], **own: str) -> dict[str, dict[str, Any]]:
    """Parameters for every topic that is asked with one call; ``own`` are the founder's own words."""
    goal, issue = business["goals"][0]["id"], business["issues"][0]["id"]
    tasks = [{"id": row["id"], "title": row["title"]} for row in business["actions"]]
    measure = business["measures"][0]
    figures = [{"name": measure["name"], "value": measure["currentValue"]}]
    return {
        "niche_review": {"current_value": own["niche"]},
        "ica_review": {"current_value": own["client"]},
        "value_proposition_review": {"current_value": own["promise"]},
        "onboarding_suggestions": {"website_data": business["foundation"]["profile"]["businessDescription"]},
        "onboarding_coaching": {"stage": "niche"},
        "business_metrics": {"metrics_type": "summary"},
        "goal_intent_review": {"goal_id": goal, "current_intent": own["intent"]},
        "alignment_check": {"goal_id": goal},
        "alignment_explanation": {"goal_id": goal, "alignment_score": 85},
        "alignment_suggestions": {"goal_id": goal, "alignment_score": 65},
        "strategy_suggestions": {},
        "measure_recommendations": {},
        "insights_generation": {},
        "root_cause_suggestions": {"issue_id": issue},
        "swot_analysis": {},
        "action_suggestions": {"issue_id": issue},
        "optimize_action_plan": {"goal_id": goal},
        "prioritization_suggestions": {"tasks": tasks, "criteria": "impact"},
        "scheduling_suggestions": {"tasks": tasks, "resources": business["people"][0]["name"]},
        "alignment_analysis": {"goal_id": goal},
        "measure_analysis": {"performance_data": {"period": "Q4 2030", "metrics": figures}},
        "operations_analysis": {"analysis_type": "capacity"},
    }


BAKERY_REQUESTS = requests(
    BAKERY, niche="We bake bread for people nearby", client="People who like good bread",
    promise="We make really good bread", intent="Get more subscribers",
)  # fmt: skip
LAW_REQUESTS = requests(
    LAW_FIRM, niche="We help hospitals with employment law", client="Hospital directors with disputes",
    promise="Excellent legal advice at fair prices", intent="Settle more cases before court",
)  # fmt: skip
