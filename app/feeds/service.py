from typing import Any

from sqlalchemy.orm import Session

from app.feeds.models import FeedEvent


def append(session: Session, tenant: str, user: str, type: str, data: dict[str, Any]) -> FeedEvent:
    event = FeedEvent(tenant_id=tenant, user_id=user, type=type, data=data)
    session.add(event)
    return event
