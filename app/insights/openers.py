"""Suggested prompts: made by the model now and then, kept, and shown at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BudgetExceeded
from app.core.ids import new_id
from app.core.json import objects_of
from app.db.ownership import owner_columns
from app.db.session import db
from app.insights import material, proving
from app.insights.material import Material
from app.insights.models import Prompt, SuggestedPrompts
from app.insights.service import Generator
from app.jobs.queue import queue
from app.llm.interfaces import ProviderError
from app.llm.structured import OutputSchema
from app.provenance import service as provenance
from app.topics.result import Result, among, many, model_schema, prose
from app.web.schemas import Schema
from app.workspace import documents

TABLE = SuggestedPrompts.__tablename__
LIFE = timedelta(hours=1)
AGAIN_AFTER = timedelta(minutes=2)  # a refresh that was asked for and has not come by then is asked for again
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
MOST_TOKENS = 700
ASK = "Please suggest questions that I could begin our next conversation with."
NEWCOMER = (
    ("planning", "Help me choose one goal for the next month"),
    ("reflection", "What has been on my mind this week?"),
    ("motivation", "How can I get started when I don't feel like it?"),
    ("challenge", "What is one thing that I keep putting off?"),
    ("celebration", "What went well today, even if it was small?"),
)
FOR_GOAL = (
    ("planning", "Help me break down “{step}” into smaller steps"),
    ("motivation", "How can I stay motivated to reach “{goal}”?"),
    ("challenge", "What is really holding me back from “{other}”?"),
)
FOR_HARD_TIMES = (
    ("reflection", "I'd like to talk about what is hard right now"),
    ("challenge", "What could make today a little easier?"),
    ("planning", "Who could I talk to about how I am?"),
)


class Category(StrEnum):
    MOTIVATION = "motivation"
    REFLECTION = "reflection"
    PLANNING = "planning"
    CELEBRATION = "celebration"
    CHALLENGE = "challenge"


class Starter(Schema):
    text = prose(160, 10, metadata={"description": "In the person's own voice: How can I …, What have I …, Help me …"})
    category = among(*Category)


class Starters(Result):
    prompts = many(Starter, 6, 3)


OUTPUT_SCHEMA = OutputSchema(model_schema(Starters))

log = structlog.get_logger()


def prompts(generator: Generator, principal: Principal) -> list[Prompt]:
    """Only somebody's very first request may wait for a model."""
    with db.read() as session:
        kept = session.scalar(select(SuggestedPrompts).where(SuggestedPrompts.owned_by(principal)))
        valid = kept is not None and _holds(session, principal, kept)
    if kept is not None and valid:
        return _known(principal, kept)
    return _begun(generator, principal, renewed=kept is not None)


def _holds(session: Session, principal: Principal, kept: SuggestedPrompts) -> bool:
    """Whether nothing that they were made from was deleted; those made from nothing hold while there is nothing.

    Those from before a hard time hold no more.
    """
    if not kept.sources:
        return material.gather(session, principal).is_empty
    if kept.made_at != NEVER and documents.has_heavy_entries(session, principal, kept.made_at):
        return False
    return bool(kept.prompts)


def _known(principal: Principal, kept: SuggestedPrompts) -> list[Prompt]:
    with db.read() as session:
        is_stale = provenance.of(session, principal, TABLE, principal.user_id).stale
    if is_stale or kept.made_at < now() - LIFE:
        _ask_for_refresh(principal)
    return kept.prompts


def _begun(generator: Generator, principal: Principal, *, renewed: bool) -> list[Prompt]:
    """Starters, kept for whoever asks meanwhile; then the model's, made now for a first visit and by a job later."""
    found = material.read(principal)
    first = _starters(found)
    if renewed:
        _keep(principal, first, found, NEVER)
        _ask_for_refresh(principal)
        return first
    if not _is_first(principal, first, found) or found.is_empty:
        return first
    try:
        return make(generator, principal, found)
    except (ProviderError, BudgetExceeded) as error:
        log.warning("prompts_not_made", code=error.code, reason=str(error))
        return first


def make(generator: Generator, principal: Principal, found: Material) -> list[Prompt]:
    """Has the model make new ones, and keeps them. Raises ``ProviderError``.

    When something that they are made from is deleted meanwhile, they are nobody's any more.
    """
    if found.is_empty:
        made = _starters(found)
    else:
        request = material.request(principal, found, "prompts", ASK, MOST_TOKENS, "conversation_starters")
        value = generator.data(request, OUTPUT_SCHEMA)
        made = [
            Prompt(id=new_id("prompt"), text=str(item["text"]), category=str(item["category"]))
            for item in objects_of(value["prompts"])
            if not (found.is_heavy and item["category"] == Category.CELEBRATION)
            and proving.text(found, str(item["text"])).text == item["text"]
        ]
    made = made or _starters(found)
    return made if _keep(principal, made, found, now()) else _starters(material.read(principal))


def _keep(principal: Principal, made: list[Prompt], found: Material, moment: datetime) -> bool:
    """Whether nothing that they were made from has been deleted since it was read."""
    owner = owner_columns(principal)
    values = {"prompts": made, "sources": found.source_ids, "made_at": moment, "asked_at": None}
    row = insert(SuggestedPrompts).values(**owner, **values)
    with db.begin() as session:
        held = provenance.hold(session, principal, found.sources)
        if not held.is_gone:
            session.execute(row.on_conflict_do_update(index_elements=list(owner), set_=values))
            provenance.record(session, principal, TABLE, principal.user_id, held)
    return not held.is_gone


def _is_first(principal: Principal, made: list[Prompt], found: Material) -> bool:
    """Whether nobody has stored any before; those who come meanwhile are not to ask for others."""
    owner = owner_columns(principal)
    values = {"prompts": made, "sources": found.source_ids, "made_at": NEVER, "asked_at": now()}
    row = insert(SuggestedPrompts).values(**owner, **values).on_conflict_do_nothing()
    with db.begin() as session:
        held = provenance.hold(session, principal, found.sources)
        is_first = not held.is_gone and session.scalar(row.returning(SuggestedPrompts.user_id)) is not None
        if is_first:
            provenance.record(session, principal, TABLE, principal.user_id, held)
    return is_first


def _ask_for_refresh(principal: Principal) -> None:
    """One job, however many ask."""
    moment = now()
    waiting = or_(SuggestedPrompts.asked_at.is_(None), SuggestedPrompts.asked_at < moment - AGAIN_AFTER)
    asked = update(SuggestedPrompts).where(SuggestedPrompts.owned_by(principal), waiting).values(asked_at=moment)
    with db.begin() as session:
        if session.scalar(asked.returning(SuggestedPrompts.user_id)):
            tenant, user = principal.tenant_id, principal.user_id
            queue.enqueue(session, "chat.prompts", tenant, user, tenant_id=tenant, user_id=user)


def _starters(found: Material) -> list[Prompt]:
    """Five prompts, one of each category; others for hard times."""
    own = {} if found.is_heavy else dict(_own_starters(found))
    usual = FOR_HARD_TIMES if found.is_heavy else NEWCOMER
    return [{"id": new_id("prompt"), "text": own.get(category, text), "category": category} for category, text in usual]


def _own_starters(found: Material) -> Iterator[tuple[str, str]]:
    goals = [goal for goal in found.goals if goal.attributes.get("status") != "completed"]
    if goals:
        first, last = goals[0], goals[-1]
        names = {"goal": first.title, "step": first.attributes.get("next", first.title), "other": last.title}
        yield from ((category, text.format(**names)) for category, text in FOR_GOAL)
    if found.entries.documents:
        yield "reflection", f"What do my last entries, like “{found.entries.documents[-1].title}”, have in common?"
    if found.notes:
        yield "celebration", f"What can I be proud of in how “{found.notes[0].title}” is going?"
