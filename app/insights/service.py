"""Insights on the last thirty days: at once, or as a stream."""

from collections.abc import Iterator
from typing import Any

from app.auth.principals import Principal
from app.chat import following
from app.chat.following import Ending
from app.chat.service import desk
from app.core.clock import iso, now
from app.db.session import db
from app.insights import events, material, telling
from app.insights.material import Material
from app.insights.telling import Draft, Insight, InsightTale
from app.limits.permits import Permit
from app.llm.interfaces import ErrorKind, ProviderError, Request

KIND = "insights"
MOST_TOKENS = 900
ASK = "Please give me your insights on the last thirty days."
NOTHING = (
    "There is nothing to look at yet: no goals, and no journal entries in the last 30 days. Write down one goal, or a"
    " few sentences about today, and ask again."
)


def insights(principal: Principal, personality_id: str | None, permit: Permit) -> dict[str, Any]:
    found = _gathered(principal, personality_id)
    text = NOTHING if found.is_empty else answer(_request(principal, found), permit)
    return {
        "insights": text, "generated_at": iso(now()), "based_on": found.based_on, "usageInfo": permit.usage_info,
    }  # fmt: skip


def stream(
    principal: Principal, personality_id: str | None, last_event_id: str | None, permit: Permit
) -> Iterator[bytes]:
    resumed = resume(principal, KIND, last_event_id)
    if resumed is not None:
        return resumed
    found = _gathered(principal, personality_id)
    closing = events.End(iso(now()), found.based_on)
    if found.is_empty:
        return plain(KIND, Ending(events.Start(permit.usage_info), NOTHING, closing))
    permit.take()
    draft = Draft(events.Start(permit.usage_info), _request(principal, found), closing)
    return told(principal, KIND, draft, permit)


def answer(request: Request, permit: Permit) -> str:
    """The whole text. Raises ``ProviderError``; the view's answer then gives the permit back."""
    permit.take()
    whole = desk().models.complete(request)
    if not whole.text.strip():
        raise ProviderError(ErrorKind.JUNK, whole.finish.provider, whole.finish.model, detail="no text")
    return whole.text


def told(principal: Principal, kind: str, draft: Draft, permit: Permit) -> Iterator[bytes]:
    """Begins to tell, and follows. When nothing can be begun the permit goes back with the error."""
    desk().refuse_when_draining()
    insight = Insight(desk(), telling.name(principal, kind), permit, draft)
    desk().begin(insight)
    return following.follow(desk(), InsightTale(insight.id))


def resume(principal: Principal, kind: str, last_event_id: str | None) -> Iterator[bytes] | None:
    """The rest of the stream that the header names; None without a header."""
    cursor = following.cursor_of(last_event_id, kind)
    if cursor is None:
        return None
    return following.follow(desk(), telling.resumed(desk(), principal, kind, cursor), cursor)


def plain(tale_id: str, tale: Ending) -> Iterator[bytes]:
    """A stream of what is known already."""
    place = following.Place()
    yield from following.stored(tale_id, place, tale)


def _gathered(principal: Principal, personality_id: str | None) -> Material:
    with db.read() as session:
        return material.gather(session, principal, personality_id)


def _request(principal: Principal, found: Material) -> Request:
    return material.request(principal, found, "insights", ASK, MOST_TOKENS)
