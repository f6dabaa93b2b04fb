"""What `/me` answers: who I am, what I set, what I used."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import settings
from app.accounts.models import ModelCall
from app.accounts.settings import Settings, SettingsChanges
from app.auth.principals import Principal, Role
from app.core.clock import now
from app.limits.permits import Limits, UsageInfo

SHOWN = ("messages", "insights", "sessions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Me(Settings):
    id: str
    role: Role


@dataclass(frozen=True, slots=True)
class FeatureUsage:
    feature: str
    calls: int
    failed_calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Usage:
    """``limits`` tells what is left of each rate now."""

    since: datetime
    calls: int
    failed_calls: int
    input_tokens: int
    output_tokens: int
    total_tokens: int
    by_feature: Sequence[FeatureUsage]
    limits: dict[str, UsageInfo]


def me(session: Session, principal: Principal) -> Me:
    return _me(principal, settings.read(session, principal))


def change(session: Session, principal: Principal, changes: SettingsChanges) -> Me:
    return _me(principal, settings.change(session, principal, changes))


def usage(session: Session, principal: Principal, limits: Limits, days: int) -> Usage:
    """Model calls of the last ``days`` days."""
    since = now() - timedelta(days=days)
    features = _by_feature(session, principal, since)
    read, written = sum(one.input_tokens for one in features), sum(one.output_tokens for one in features)
    calls, failed = sum(one.calls for one in features), sum(one.failed_calls for one in features)
    left = {name: limits.peek(name, principal.key).usage_info for name in SHOWN}
    return Usage(since, calls, failed, read, written, read + written, features, left)


def _by_feature(session: Session, principal: Principal, since: datetime) -> list[FeatureUsage]:
    failed = func.count().filter(ModelCall.outcome.not_in(["ok", "cancelled"]))
    tokens = func.sum(ModelCall.input_tokens), func.sum(ModelCall.output_tokens)
    query = select(ModelCall.feature, func.count(), failed, *tokens)
    query = query.where(ModelCall.owned_by(principal), ModelCall.created_at >= since).group_by(ModelCall.feature)
    return [FeatureUsage(*row) for row in session.execute(query.order_by(func.count().desc(), ModelCall.feature))]


def _me(principal: Principal, known: Settings) -> Me:
    return Me(**asdict(known), id=principal.user_id, role=principal.role)
