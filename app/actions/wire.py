"""A proposal as events, answers and refusals show it."""

from typing import TypedDict

from app.actions.models import Action
from app.core.clock import iso
from app.core.json import JSONObject


class Shown(TypedDict):
    """``before`` is null where something new would be made."""

    id: str
    kind: str
    summary: str
    state: str
    before: JSONObject | None
    after: JSONObject | None
    expires_at: str


def proposal_of(action: Action) -> Shown:
    return {
        "id": action.id, "kind": action.kind, "summary": action.summary, "state": str(action.state),
        "before": action.before, "after": action.after, "expires_at": iso(action.expires_at),
    }  # fmt: skip
