"""The background work of insights."""

from app.auth.principals import Principal
from app.core.clock import now
from app.db.session import db
from app.insights import material, openers
from app.insights.insight_run import STREAMS
from app.insights.service import Generator
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.provenance import answers
from app.provenance import service as provenance
from app.turns.idempotency import LIFE
from app.web.container import resolve


def refresh_prompts(tenant_id: str, user_id: str) -> None:
    """Twice is harmless, and costs a model call."""
    owner = Principal(user_id, tenant_id)
    openers.make(resolve(Generator), owner, material.read(owner))


def forget_sources() -> None:
    """Of texts that are nowhere any more: streams, and answers to requests that might have been sent again."""
    with db.begin() as session:
        provenance.forget(session, (STREAMS, answers.TABLE), now() - LIFE)


JOBS = (
    JobDefinition("chat.prompts", refresh_prompts, QueueName.BATCH),
    PeriodicJob("insights.forget_sources", forget_sources, every=3600),
)
