"""Insights on one goal, with a summary of its progress that is counted, never guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marshmallow import fields, validate
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import now
from app.core.json import JSONObject, texts_of
from app.db.session import db
from app.insights import events, material, proving
from app.insights.insight_run import Draft
from app.insights.material import Material
from app.insights.service import Generator
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.llm.structured import OutputSchema
from app.personalities import persona
from app.retrieval import search
from app.retrieval.index import Document
from app.topics.result import Result, model_schema, prose
from app.workspace import documents, indexing
from app.workspace.documents import Entries, Span
from app.workspace.models import Goal, GoalStatus
from app.workspace.queries import find_goal

KIND = "goal-insights"
MOST_TOKENS = 900
MOST_ENTRIES = 8
ASK = "Please give me your insights on this goal."


class GoalAdvice(Result):
    insights = prose(2500, 40, metadata={"description": "Two to five sentences to the person about this goal"})
    recommendations = fields.List(
        prose(300, 10), required=True, validate=validate.Length(2, 5),
        metadata={"description": "Concrete next steps for this goal, each one sentence"},
    )  # fmt: skip


OUTPUT_SCHEMA = OutputSchema(model_schema(GoalAdvice))


@dataclass(frozen=True, slots=True)
class GoalMaterial:
    title: str
    material: Material
    summary: dict[str, object]


def insights(
    generator: Generator, principal: Principal, goal_id: str, personality_id: str | None, permit: Permit
) -> tuple[GoalMaterial, JSONObject]:
    """What the advice is made from, and a ``GoalAdvice``."""
    found = _gathered(principal, goal_id, personality_id)
    permit.acquire()
    request = _request(principal, found, "goal_insights")
    advice = generator.data(request, OUTPUT_SCHEMA)
    said, steps = proving.text(found.material, str(advice["insights"])), texts_of(advice["recommendations"])
    recommended = [one for one in proving.texts(found.material, steps, is_advice=True) if not one.is_empty]
    text = generator.opened(request, said.text)
    return found, {
        "insights": text,
        "recommendations": [one.text for one in recommended],
        "receipts": proving.shown((said, *recommended)),
    }


def stream(
    generator: Generator,
    principal: Principal,
    goal_id: str,
    personality_id: str | None,
    last_event_id: str | None,
    permit: Permit,
) -> Iterator[bytes]:
    found = _gathered(principal, goal_id, personality_id)
    resumed = generator.resume(principal, KIND, last_event_id)
    if resumed is not None:
        return resumed
    permit.acquire()
    opening = events.GoalStart(goal_id, permit.usage_info)
    request, last = _request(principal, found, "goal_insights_stream"), events.GoalEnd(found.summary)
    draft = Draft(opening, request, last, found.material.sources, found.material.ground)
    return generator.stream(principal, KIND, draft, permit)


def _gathered(principal: Principal, goal_id: str, personality_id: str | None) -> GoalMaterial:
    """Raises ``NotFound`` for a goal that is not the person's."""
    with db.read() as session:
        goal = find_goal(session, principal, goal_id)
        coach = persona.of(session, principal, personality_id)
        span = Span(datetime.min.replace(tzinfo=now().tzinfo), now(), coach.zone)
        notes = documents.notes(session, principal, span, goal_id)
        entries = _entries(session, principal, goal, coach.zone)
        told = indexing.goal_document(goal, coach.zone)
        shown = [replace(told, dated_at=weeks.local(goal.last_activity, coach.zone))]
        return GoalMaterial(goal.title, Material(coach, shown, notes, entries), summary(goal, notes, coach.zone))


def _entries(session: Session, principal: Principal, goal: Goal, zone: str) -> Entries:
    """Those that are linked to the goal before those that speak of it; the oldest first."""
    linked = documents.entries_of_goal(session, principal, goal.id, zone)
    hits = search.search(session, principal.tenant_id, principal.user_id, goal.title)
    ids = [hit.source_id for hit in hits if hit.kind == "journal" and hit.matched][:MOST_ENTRIES]
    spoken = documents.entries_by_id(session, principal, ids, zone)
    known = {document.source_id: document for document in (*linked, *spoken)}
    chosen = sorted(list(known.values())[:MOST_ENTRIES], key=lambda document: document.dated_at)
    return Entries(chosen, len(chosen))


def summary(goal: Goal, notes: Sequence[Document], zone: str) -> dict[str, object]:
    """``days_until_target`` is negative for a goal that is overdue, and null without a date."""
    today = weeks.local_date(now(), zone)
    target = weeks.day_of(goal.target_date, zone) if goal.target_date else None
    return {
        "milestones_completed": goal.completed_milestones,
        "milestones_total": goal.milestone_count,
        "days_until_target": (target - today).days if target else None,
        "recent_activity": _activity(goal, notes, zone),
    }


def _activity(goal: Goal, notes: Sequence[Document], zone: str) -> str:
    moments = [("Last progress update", note.dated_at) for note in notes[:1]]
    moments += [("Last milestone completed", step.completed_at) for step in goal.milestones if step.completed_at]
    if goal.status == GoalStatus.COMPLETED and goal.completed_at:
        moments = [("Completed", goal.completed_at)]
    if not moments:
        return "No progress recorded yet"
    what, moment = max(moments, key=lambda pair: pair[1])
    return f"{what} {_ago((weeks.local_date(now(), zone) - weeks.local_date(moment, zone)).days)}"


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _request(principal: Principal, found: GoalMaterial, prompt: str) -> Request:
    return material.request(principal, found.material, prompt, ASK, MOST_TOKENS, "goal_insights")
