"""A person's feed: what is appended in a transaction reaches the person's sockets after its commit.

Some people follow what happens in their tenant too. That is kept as the feed of nobody: events without a person.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import CRISES
from app.core.json import JSONObject, to_json
from app.db.session import after_commit
from app.db.statements import Statement
from app.feeds import frames
from app.feeds.interfaces import Entry, Feed, Range
from app.feeds.models import FeedEvent

NOBODY = ""
LOCKS, TENANTS = 0x66656564, 0x66656574  # our advisory locks among PostgreSQL's
# Stores what a CTE "event" (tenant_id, user_id, type, data) says; the id is drawn under the person's lock. Those of a
# tenant's people share its lock, which its own events hold alone: so ids of both grow in the order of commits.
APPEND_EVENT = (
    f"locked AS MATERIALIZED (SELECT event.*, pg_advisory_xact_lock_shared({TENANTS}, hashtext(tenant_id)),"  # noqa: S608
    f" pg_advisory_xact_lock({LOCKS}, hashtext(tenant_id || ':' || user_id))"
    " FROM event), appended AS (INSERT INTO feed_events (tenant_id, user_id, type, data, created_at)"
    " SELECT tenant_id, user_id, type, data, clock_timestamp() FROM locked RETURNING id)"
)
APPEND = Statement(
    "WITH event AS (SELECT CAST(:tenant AS text) AS tenant_id, CAST(:user AS text) AS user_id,"  # noqa: S608
    f" CAST(:type AS text) AS type, CAST(:data AS jsonb) AS data), {APPEND_EVENT} SELECT id FROM appended"
)
APPEND_ALONE = Statement(
    "WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock("  # noqa: S608
    f"{TENANTS}, hashtext(CAST(:tenant AS text)))) INSERT INTO feed_events (tenant_id, user_id, type, data, created_at)"
    " SELECT :tenant, '', :type, CAST(:data AS jsonb), clock_timestamp() FROM locked RETURNING id"
)
SOME = (
    "(SELECT f.id, f.type, f.data, f.created_at FROM feed_events f WHERE f.tenant_id = w.tenant_id"
    " AND f.user_id = {whose} AND f.id > w.after AND f.id <= w.through ORDER BY f.id LIMIT :most)"
)
READ = (
    "SELECT w.n, e.id, e.type, e.data, e.created_at"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:users AS text[]), CAST(:afters AS bigint[]),"
    " CAST(:throughs AS bigint[])) WITH ORDINALITY AS w(tenant_id, user_id, after, through, n)"
    " CROSS JOIN LATERAL {events} e ORDER BY w.n, e.id"
)
OWN = SOME.format(whose="w.user_id")
WITH_THE_TENANTS = f"({OWN} UNION ALL {SOME.format(whose=repr(NOBODY))} ORDER BY 1 LIMIT :most)"
HIGHEST = Statement(
    "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('feed_events', 'id') AS regclass)), 0) AS id"
)


class PersonFeeds:
    channel = "feed"

    def __init__(self, events: str) -> None:
        self._statement = Statement(READ.format(events=events))

    def read(self, session: Session, ranges: Sequence[Range], limit: int) -> list[list[Entry]]:
        values = {
            "tenants": [wanted.key[0] for wanted in ranges], "users": [wanted.key[1] for wanted in ranges],
            "afters": [wanted.after for wanted in ranges], "throughs": [wanted.through for wanted in ranges],
            "most": limit,
        }  # fmt: skip
        pages: list[list[Entry]] = [[] for _ in ranges]
        for n, *event in self._statement.rows(session, values):
            pages[n - 1].append(Entry(event[0], event[1], frames.event(*event)))
        return pages


PERSONS, ATTENDING = PersonFeeds(OWN), PersonFeeds(WITH_THE_TENANTS)


def feed_of(tenant: str, user: str) -> Feed:
    """Whoever appends with SQL of its own signals this feed after the commit."""
    return Feed(PERSONS, (tenant, user))


def feed_for(reader: Principal) -> Feed:
    """All that somebody follows: their own events, and the tenant's where their role lets them."""
    key = reader.tenant_id, reader.user_id
    return Feed(ATTENDING, key, (feed_of(reader.tenant_id, NOBODY).channel,)) if attends(reader) else Feed(PERSONS, key)


def attends(reader: Principal) -> bool:
    return reader.role in CRISES.readers


def append(session: Session, tenant: str, user: str, type: str, data: JSONObject) -> int:
    """Adds an event in the caller's transaction, which should end soon: the person's other events wait for it."""
    values = {"tenant": tenant, "user": user, "type": type, "data": to_json(data)}
    event_id: int = APPEND.row(session, values).id
    after_commit(session, feed_of(tenant, user).signal)
    return event_id


def append_for_tenant(session: Session, tenant: str, type: str, data: JSONObject) -> int:
    """For all who attend to the tenant. Waits for all its people's events that are being appended, and they for it: the
    caller's transaction appends nothing else, and ends at once.
    """
    event_id: int = APPEND_ALONE.row(session, {"tenant": tenant, "type": type, "data": to_json(data)}).id
    after_commit(session, feed_of(tenant, NOBODY).signal)
    return event_id


def latest_id(session: Session, reader: Principal) -> int:
    """Of the newest event that they follow; 0 when there is none."""
    return session.scalar(select(func.max(FeedEvent.id)).where(_followed_by(reader))) or 0


def has(session: Session, reader: Principal, event_id: int) -> bool:
    return session.scalar(select(FeedEvent.id).where(_followed_by(reader), FeedEvent.id == event_id)) is not None


def highest_id(session: Session) -> int:
    """That was ever drawn, for anybody."""
    return int(HIGHEST.row(session, {}).id)


def _followed_by(reader: Principal) -> ColumnElement[bool]:
    people = (reader.user_id, NOBODY) if attends(reader) else (reader.user_id,)
    return and_(FeedEvent.tenant_id == reader.tenant_id, FeedEvent.user_id.in_(people))
