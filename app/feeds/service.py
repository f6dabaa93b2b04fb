"""A person's feed: what is appended in a transaction reaches the person's sockets after its commit."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.json import JSONObject, to_json
from app.db.session import after_commit
from app.db.statements import Statement
from app.feeds import frames
from app.feeds.interfaces import Entry, Feed, Range
from app.feeds.models import FeedEvent

LOCKS = 0x66656564  # our advisory locks among PostgreSQL's
# Stores what a CTE "event" (tenant_id, user_id, type, data) says; the id is drawn under the person's lock.
APPEND_EVENT = (
    f"locked AS MATERIALIZED (SELECT event.*, pg_advisory_xact_lock({LOCKS}, hashtext(tenant_id || ':' || user_id))"  # noqa: S608
    " FROM event), appended AS (INSERT INTO feed_events (tenant_id, user_id, type, data, created_at)"
    " SELECT tenant_id, user_id, type, data, clock_timestamp() FROM locked RETURNING id)"
)
APPEND = Statement(
    "WITH event AS (SELECT CAST(:tenant AS text) AS tenant_id, CAST(:user AS text) AS user_id,"  # noqa: S608
    f" CAST(:type AS text) AS type, CAST(:data AS jsonb) AS data), {APPEND_EVENT} SELECT id FROM appended"
)
READ = Statement(
    "SELECT w.n, e.id, e.type, e.data, e.created_at"
    " FROM unnest(CAST(:tenants AS text[]), CAST(:users AS text[]), CAST(:afters AS bigint[]),"
    " CAST(:throughs AS bigint[])) WITH ORDINALITY AS w(tenant_id, user_id, after, through, n)"
    " CROSS JOIN LATERAL (SELECT f.id, f.type, f.data, f.created_at FROM feed_events f"
    " WHERE f.tenant_id = w.tenant_id AND f.user_id = w.user_id AND f.id > w.after AND f.id <= w.through"
    " ORDER BY f.id LIMIT :most) e ORDER BY w.n, e.id"
)
HIGHEST = Statement(
    "SELECT coalesce(pg_sequence_last_value(CAST(pg_get_serial_sequence('feed_events', 'id') AS regclass)), 0) AS id"
)


class PersonFeeds:
    channel = "feed"

    def read(self, session: Session, ranges: Sequence[Range], limit: int) -> list[list[Entry]]:
        values = {
            "tenants": [wanted.key[0] for wanted in ranges], "users": [wanted.key[1] for wanted in ranges],
            "afters": [wanted.after for wanted in ranges], "throughs": [wanted.through for wanted in ranges],
            "most": limit,
        }  # fmt: skip
        pages: list[list[Entry]] = [[] for _ in ranges]
        for n, *event in READ.rows(session, values):
            pages[n - 1].append(Entry(event[0], event[1], frames.event(*event)))
        return pages


PERSONS = PersonFeeds()


def feed_of(tenant: str, user: str) -> Feed:
    """Whoever appends with SQL of its own signals this feed after the commit."""
    return Feed(PERSONS, (tenant, user))


def append(session: Session, tenant: str, user: str, type: str, data: JSONObject) -> int:
    """Adds an event in the caller's transaction, which should end soon: the person's other events wait for it."""
    values = {"tenant": tenant, "user": user, "type": type, "data": to_json(data)}
    event_id: int = APPEND.row(session, values).id
    after_commit(session, feed_of(tenant, user).signal)
    return event_id


def latest_id(session: Session, owner: Principal) -> int:
    """Of the person's newest event; 0 when there is none."""
    return session.scalar(select(func.max(FeedEvent.id)).where(FeedEvent.owned_by(owner))) or 0


def has(session: Session, owner: Principal, event_id: int) -> bool:
    return session.scalar(select(FeedEvent.id).where(FeedEvent.owned_by(owner), FeedEvent.id == event_id)) is not None


def highest_id(session: Session) -> int:
    """That was ever drawn, for anybody."""
    return int(HIGHEST.row(session, {}).id)
