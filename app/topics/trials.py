"""Trying a topic's prompts out before they are in force, on parameters that operators have saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.core.json import JSONObject, as_object, without_nul
from app.db.locks import advisory_lock
from app.topics import prompting
from app.topics.engine import Engine, TopicCall
from app.topics.models import SavedInput
from app.topics.overrides import topic_of, topic_with_prompt
from app.topics.topic import Outcome
from app.workspace.sources.interfaces import DataAccess, Gathered

MOST_SAVED = 50  # of one topic


@dataclass(frozen=True, slots=True)
class Rendered:
    """Prompts as a model gets them, and what they had to do without."""

    prompts: dict[str, str]
    missing: list[str]
    schema: str


def drafted(
    engine: Engine, topic_id: str, parameters: JSONObject, drafts: Mapping[str, str], access: DataAccess
) -> TopicCall:
    """A call with drafts in place of prompts. Raises ``Unprocessable`` for one that can't be rendered."""
    for kind, text in drafts.items():
        prompting.check_prompt(topic_with_prompt(topic_id, kind), text)
    call = engine.admit(topic_id, parameters, access)
    return replace(call, prompts={**call.prompts, **drafts})


def rendered(engine: Engine, call: TopicCall, gathered: Gathered) -> Rendered:
    context = engine.enrich(call, gathered)
    request = engine.request(call, context.values)
    prompts = {"system": request.system, "user": str(request.messages[-1].content)}
    return Rendered(prompts, context.missing, request.schema_name)


def tried(engine: Engine, call: TopicCall) -> tuple[Rendered, Outcome]:
    """What the model saw, and what came of it."""
    gathered = engine.gather(call)
    return rendered(engine, call, gathered), engine.execute(call, lambda: gathered)


def saved(session: Session, topic_id: str) -> list[SavedInput]:
    """By name."""
    of_topic = SavedInput.topic_id == topic_of(topic_id).id
    return list(session.scalars(select(SavedInput).where(of_topic).order_by(SavedInput.name)))


def save(session: Session, topic_id: str, name: str, parameters: JSONObject, by: str) -> SavedInput:
    """One of the same name is replaced. Raises ``Conflict`` when there are too many."""
    of_topic = SavedInput.topic_id == topic_of(topic_id).id
    advisory_lock(session, f"topic_inputs:{topic_id}")
    row = session.scalar(select(SavedInput).where(of_topic, SavedInput.name == name))
    if row is None and (session.scalar(select(func.count()).where(of_topic)) or 0) >= MOST_SAVED:
        raise Conflict(f"{MOST_SAVED} inputs are saved for this topic already")
    row = row or SavedInput(topic_id=topic_id, name=name)
    row.parameters, row.created_at, row.created_by = as_object(without_nul(parameters)), now(), by
    session.add(row)
    session.flush()
    return row


def remove(session: Session, topic_id: str, input_id: str) -> None:
    its = SavedInput.topic_id == topic_id, SavedInput.id == input_id
    if session.scalar(delete(SavedInput).where(*its).returning(SavedInput.id)) is None:
        raise NotFound(f"Saved input not found: {input_id[:100]}")
