"""The secrets that tenants check our webhooks with: random, stored, shown once; while one is changed both count."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import iso, now
from app.core.json import JSONObject
from app.webhooks.models import Disclosure, WebhookSecret

PREFIX = "whsec_"  # by which scanners of code and logs know it


def in_force(session: Session, tenant: str) -> tuple[str, str]:
    """The secret that signs a delivery, and the one that comes after it, if one does."""
    row = _row(session, tenant)
    return (row.previous, row.secret) if row.previous and _signs_from(row) > now() else (row.secret, "")


def disclose(session: Session, tenant: str) -> JSONObject:
    row = _row(session, tenant, lock=True)
    shown = None if row.disclosure == Disclosure.NEVER else row.secret
    if row.disclosure == Disclosure.ONCE:
        row.disclosure = Disclosure.NEVER
    return _serialize(row, shown)


def rotate(session: Session, tenant: str, overlap: timedelta) -> JSONObject:
    """Makes a new secret. One that nobody has seen ends at once, like all others when there is no overlap."""
    row = _row(session, tenant, lock=True)
    goes_on = bool(overlap) and row.disclosure != Disclosure.ONCE
    row.previous = in_force(session, tenant)[0] if goes_on else None
    row.secret, row.disclosure, row.created_at = _random(), Disclosure.NEVER, now()
    row.previous_until = row.created_at + overlap if goes_on else None
    return _serialize(row, row.secret)


def _row(session: Session, tenant: str, *, lock: bool = False) -> WebhookSecret:
    """Made when it is first needed: a delivery is always signed."""
    found = session.get(WebhookSecret, tenant, with_for_update=lock)
    if found is None:
        row = {"tenant_id": tenant, "secret": _random(), "disclosure": Disclosure.ONCE, "created_at": now()}
        session.execute(insert(WebhookSecret).values(row).on_conflict_do_nothing())
        found = session.get_one(WebhookSecret, tenant, with_for_update=lock)
    return found


def _random() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _signs_from(row: WebhookSecret) -> datetime:
    return row.previous_until or row.created_at


def _serialize(row: WebhookSecret, shown: str | None) -> JSONObject:
    return {"secret": shown, "createdAt": iso(row.created_at), "signsFrom": iso(_signs_from(row))}
