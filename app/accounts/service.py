"""What `/me` answers: who I am, what I set, what I used."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.accounts.models import ModelCall
from app.auth.principals import Principal
from app.core.clock import now
from app.limits.permits import Limits

SHOWN = ("messages", "insights", "sessions")


def me(session: Session, principal: Principal) -> dict[str, Any]:
    return _shown(principal, settings.of(session, principal))


def change(session: Session, principal: Principal, changes: dict[str, Any]) -> dict[str, Any]:
    return _shown(principal, settings.change(session, principal, changes))


def usage(session: Session, principal: Principal, limits: Limits, days: int) -> dict[str, Any]:
    """Model calls of the last ``days`` days, and what is left of each rate now."""
    since = now() - timedelta(days=days)
    features = _by_feature(session, principal, since)
    totals = {name: sum(row[name] for row in features) for name in ("calls", "input_tokens", "output_tokens")}
    return totals | {
        "since": since,
        "failed_calls": sum(row["failed"] for row in features),
        "total_tokens": totals["input_tokens"] + totals["output_tokens"],
        "by_feature": features,
        "limits": {name: limits.look(name, principal.key).usage_info for name in SHOWN},
    }


def _by_feature(session: Session, principal: Principal, since: Any) -> list[dict[str, Any]]:
    failed = func.count().filter(ModelCall.outcome.not_in(["ok", "cancelled"]))
    spent = func.sum(ModelCall.input_tokens), func.sum(ModelCall.output_tokens)
    query = select(ModelCall.feature, func.count(), failed, *spent).where(
        ModelCall.tenant_id == principal.tenant_id,
        ModelCall.user_id == principal.user_id,
        ModelCall.created_at >= since,
    )
    names = ("feature", "calls", "failed", "input_tokens", "output_tokens")
    rows = session.execute(query.group_by(ModelCall.feature).order_by(func.count().desc(), ModelCall.feature))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _shown(principal: Principal, known: settings.Settings) -> dict[str, Any]:
    return {
        "id": principal.user_id, "role": str(principal.role), "timezone": known.timezone, "language": known.language,
        "weekly_digest": known.weekly_digest, "personality_id": known.personality_id,
    }  # fmt: skip
