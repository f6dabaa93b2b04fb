"""The background work of insights."""

from app.auth.principals import Principal
from app.insights import openers
from app.jobs.registry import job


@job("chat.prompts")
def refresh_prompts(tenant_id: str, user_id: str) -> None:
    """Twice is harmless, and costs a model call."""
    openers.refresh(Principal(user_id, tenant_id))
