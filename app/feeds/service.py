"""A person's feed: what is appended in somebody's transaction is told to the person's sockets after its commit."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.session import after_commit
from app.db.statements import Statement
from app.feeds.models import FeedEvent
from app.streams.signals import signals

GROWN = "feed"  # the word to all processes that a person's feed has grown
LOCKS = 0x66656564  # our advisory locks among PostgreSQL's
# Stores what a CTE "event" (tenant_id, user_id, type, data) says; the id is drawn when the person's turn has come.
TELLING = (
    f"turn AS MATERIALIZED (SELECT event.*, pg_advisory_xact_lock({LOCKS}, hashtext(tenant_id || ':' || user_id))"  # noqa: S608
    " FROM event), told AS (INSERT INTO feed_events (tenant_id, user_id, type, data, created_at)"
    " SELECT tenant_id, user_id, type, data, clock_timestamp() FROM turn RETURNING id)"
)
APPEND = Statement(
    "WITH event AS (SELECT CAST(:tenant AS text) AS tenant_id, CAST(:user AS text) AS user_id,"  # noqa: S608
    f" CAST(:type AS text) AS type, CAST(:data AS jsonb) AS data), {TELLING} SELECT id FROM told"
)
COLUMNS = (FeedEvent.id, FeedEvent.type, FeedEvent.data, FeedEvent.created_at)
OF_MANY = Statement(
    "SELECT w.n, e.id, e.type, e.data, e.created_at"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:users AS text[]), CAST(:afters AS bigint[])) WITH ORDINALITY"
    " AS w(tenant_id, user_id, after, n)"
    " CROSS JOIN LATERAL (SELECT f.id, f.type, f.data, f.created_at FROM feed_events f"
    " WHERE f.tenant_id = w.tenant_id AND f.user_id = w.user_id AND f.id > w.after ORDER BY f.id LIMIT :most) e"
    " ORDER BY w.n, e.id"
)
HIGHEST = Statement(
    "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('feed_events', 'id') AS regclass)), 0) AS id"
)


def append(session: Session, tenant: str, user: str, type: str, data: dict[str, Any]) -> int:
    """Adds an event in the caller's transaction, which should end soon: the person's other events wait for it."""
    values = {"tenant": tenant, "user": user, "type": type, "data": encoded(data)}
    event_id: int = APPEND.row(session, values).id
    after_commit(session, lambda: tell(tenant, user))
    return event_id


def tell(tenant: str, user: str) -> None:
    """What has been appended and committed goes to the person's sockets, wherever they are."""
    signals.publish(channel(tenant, user))


def channel(tenant: str, user: str) -> str:
    """Where processes hear that a person's feed has grown."""
    return f"{GROWN}:{tenant}:{user}"


def encoded(data: dict[str, Any]) -> str:
    return msgspec.json.encode(data).decode()


def since(
    session: Session, tenant: str, user: str, after: int, limit: int, through: int | None = None
) -> Sequence[Any]:
    """The person's next events after an id, in order, and none after ``through``."""
    mine = (FeedEvent.tenant_id == tenant) & (FeedEvent.user_id == user) & (FeedEvent.id > after)
    wanted = mine if through is None else mine & (FeedEvent.id <= through)
    return session.execute(select(*COLUMNS).where(wanted).order_by(FeedEvent.id).limit(limit)).all()


def since_of_many(session: Session, positions: Sequence[tuple[str, str, int]], limit: int) -> list[list[Any]]:
    """What ``since`` finds for each ``(tenant, user, after)``, asked for at once."""
    tenants, users, afters = (list(column) for column in zip(*positions, strict=True))
    found: list[list[Any]] = [[] for _ in positions]
    for row in OF_MANY.rows(session, {"tenants": tenants, "users": users, "afters": afters, "most": limit}):
        found[row.n - 1].append(row)
    return found


def latest_id(session: Session, tenant: str, user: str) -> int:
    """Of the person's newest event; 0 when there is none."""
    mine = (FeedEvent.tenant_id == tenant) & (FeedEvent.user_id == user)
    return session.scalar(select(func.max(FeedEvent.id)).where(mine)) or 0


def has(session: Session, tenant: str, user: str, event_id: int) -> bool:
    mine = (FeedEvent.tenant_id == tenant) & (FeedEvent.user_id == user) & (FeedEvent.id == event_id)
    return session.scalar(select(FeedEvent.id).where(mine)) is not None


def highest_id(session: Session) -> int:
    """That was ever drawn, for anybody."""
    return int(HIGHEST.row(session, {}).id)


def grown(session: Session, seconds: int) -> Sequence[Any]:
    """Whose feeds have grown of late, and to which id, by the database's own clock."""
    recent = FeedEvent.created_at > func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    owner = (FeedEvent.tenant_id, FeedEvent.user_id)
    return session.execute(select(*owner, func.max(FeedEvent.id).label("latest")).where(recent).group_by(*owner)).all()


def forget(session: Session, days: int) -> None:
    """Deletes what is older; everybody's."""
    old = FeedEvent.created_at < func.clock_timestamp() - func.make_interval(0, 0, 0, days)
    session.execute(delete(FeedEvent).where(old))
