"""The demo tenant's business: a small maker of lamps, with figures that moved and things that are open."""

from typing import Any

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.workspace.records import reading, service
from app.workspace.records.collections import KINDS
from app.workspace.records.models import Collection

BUSINESS: dict[str, Any] = {
    "foundation": {
        "profile": {
            "businessName": "Brass & Bloom", "businessDescription": "Lighting for small hotels, made to measure.",
            "industry": "Lighting", "companyStage": "growth", "companySize": "small", "revenueRange": "1M-2M",
            "yearFounded": 2016, "geographicFocus": ["Austria", "Slovenia"], "website": "https://example.com",
        },
        "identity": {
            "vision": "Every small hotel in the Alps has a lobby that people remember.", "visionTimeframe": "2030",
            "purpose": "We make evenings gentle for people who are far from home.",
            "whoWeServe": "Owners of hotels with 20 to 80 rooms",
            "values": [
                {"name": "Candour", "meaning": "We say what won't work before it is built."},
                {"name": "Craft", "meaning": "A lamp leaves when its maker would hang it at home."},
                {"name": "Calm", "meaning": "No night shifts, no rush jobs."},
            ],
        },
        "market": {
            "nicheStatement": "Lighting of lobbies and bars in owner-run hotels", "growthTrend": "growing",
            "icas": [
                {
                    "name": "Hotel owner Hanna", "demographics": "48, third generation, 42 rooms",
                    "goals": "Guests who stay for a second drink", "painPoints": "Cold light, three suppliers, no plan",
                }
            ],
        },
        "products": [
            {"name": "Lobby set", "description": "Plan, lamps and fitting", "problemSolved": "Cold, uneven light"},
            {"name": "Amber dimmer", "description": "One switch per mood", "problemSolved": "Staff forget to dim"},
        ],
        "proposition": {
            "uniqueSellingProposition": "Fitted in one night, while the hotel stays open",
            "keyDifferentiators": ["Own workshop", "Plan before price"], "brandPromise": "You see it before you pay.",
        },
        "model": {
            "types": ["project", "service"], "revenueStreams": ["Lobby sets", "Yearly care"],
            "pricingStrategy": "fixed price per lobby", "distributionChannels": ["Referrals", "Two trade fairs"],
        },
        "pillars": [{"name": "Lobbies people talk about"}, {"name": "A workshop that lasts"}],
    },
    "goals": [
        {
            "id": "demo-goal-lobbies", "title": "Light ten lobbies before the summer", "status": "active", "progress": 40,
            "description": "Ten hotels that others come to look at.", "intent": "Be seen where owners meet",
        },
    ],
    "strategies": [
        {
            "id": "demo-strategy-open-nights", "name": "Open nights", "status": "active", "progress": 30,
            "description": "Owners visit a finished lobby after dark and meet the host.",
            "goalId": "demo-goal-lobbies",
        },
        {
            "id": "demo-strategy-care", "name": "Yearly care", "status": "active", "progress": 55,
            "description": "A fixed visit each spring keeps lamps and contacts alive.", "goalId": "demo-goal-lobbies",
        },
    ],
    "measures": [
        {"id": "demo-revenue", "name": "Revenue", "unit": "EUR", "direction": "up", "currentValue": 118000},
        {"id": "demo-customers", "name": "Customers", "unit": "hotels", "direction": "up", "currentValue": 61},
        {"id": "demo-new", "name": "New Customers", "unit": "hotels", "direction": "up", "currentValue": 5},
        {"id": "demo-churned", "name": "Churned Customers", "unit": "hotels", "direction": "down", "currentValue": 2},
        {"id": "demo-utilization", "name": "Utilization", "unit": "%", "direction": "maintain", "currentValue": 81},
        {"id": "demo-satisfaction", "name": "Satisfaction", "unit": "of 10", "direction": "up", "currentValue": 8.2},
    ],
    "actions": [
        {
            "id": "demo-action-astoria", "title": "Ring the Astoria about an open night", "status": "in_progress",
            "priority": "high", "assignedPersonName": "Mara Quill", "estimatedHours": 2,
        },
        {"id": "demo-action-photos", "title": "Photograph the Seehof lobby", "status": "not_started", "priority": "medium"},
        {"id": "demo-action-price", "title": "Write the fixed price list", "status": "completed", "priority": "medium"},
    ],
    "issues": [
        {
            "id": "demo-issue-drivers", "title": "Dimmers flicker in cold rooms", "status": "open", "priority": "high",
            "description": "Since the new drivers came, four hotels report flicker below five degrees.",
            "impact": "Two orders wait", "reporterName": "Jan Weber", "tags": ["quality"],
        },
    ],
    "people": [
        {"id": "demo-mara", "name": "Mara Quill", "role": "Sales", "departmentName": "Hotels", "positionName": "Head of hotels"},
        {"id": "demo-jan", "name": "Jan Weber", "role": "Maker", "departmentName": "Workshop", "positionName": "Lamp smith"},
    ],
    "departments": [{"id": "demo-hotels", "name": "Hotels"}, {"id": "demo-workshop", "name": "Workshop"}],
    "positions": [
        {"id": "demo-head", "name": "Head of hotels", "specificAccountability": "Ten lobbies a year"},
        {"id": "demo-smith", "name": "Lamp smith", "specificAccountability": "No lamp comes back"},
    ],
}  # fmt: skip
NOW = {"demo-revenue": 125000, "demo-customers": 64, "demo-new": 4, "demo-churned": 1}  # what it was a month later


def seed(session: Session, tenant: str, user: str) -> None:
    """Once: what the tenant has changed since stays as it is."""
    principal = Principal(user, tenant)
    if reading.row(session, tenant, Collection.MEASURES, "demo-revenue"):
        return
    service.import_all(session, principal, BUSINESS)
    for measure_id, value in NOW.items():
        service.change(session, principal, KINDS["measures"], measure_id, {"currentValue": value})
