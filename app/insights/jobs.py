"""The background work of insights."""

from app.auth.principals import Principal
from app.insights import openers
from app.insights.service import Generator
from app.jobs.registry import JobDefinition
from app.web.container import resolve


def refresh_prompts(tenant_id: str, user_id: str) -> None:
    """Twice is harmless, and costs a model call."""
    openers.refresh(resolve(Generator), Principal(user_id, tenant_id))


JOBS = (JobDefinition("chat.prompts", refresh_prompts),)
