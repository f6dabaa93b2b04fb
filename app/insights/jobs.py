"""The background work of insights."""

from app.auth.principals import Principal
from app.insights import material, openers
from app.insights.service import Generator
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition
from app.web.container import resolve


def refresh_prompts(tenant_id: str, user_id: str) -> None:
    """Twice is harmless, and costs a model call."""
    owner = Principal(user_id, tenant_id)
    openers.make(resolve(Generator), owner, material.read(owner))


JOBS = (JobDefinition("chat.prompts", refresh_prompts, QueueName.BATCH),)
