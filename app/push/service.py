"""Sending to the browsers of a person: subscribed, sent to, forgotten when they have gone."""

from dataclasses import dataclass

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, Conflict, NotFound
from app.core.ids import new_id
from app.core.json import JSONObject, to_json
from app.db.ownership import Owner, owner_columns
from app.db.session import Database
from app.outgoing import push
from app.outgoing.interfaces import DeliveryFailed
from app.push import encryption
from app.push.models import PushKey, PushSubscription

MOST = 20  # browsers of a person
ONLY = 1  # the id of the one key

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Browser:
    """``p256dh`` and ``auth`` are as browsers name them: its public key, and what it shares with us."""

    endpoint: str
    p256dh: str
    auth: str
    contact: str


def subscribe(session: Session, principal: Principal, browser: Browser) -> PushSubscription:
    """The same browser again is the same row. Raises ``BadRequest`` for keys that nothing can be sent with."""
    _try_out(browser)
    kept = {"receiver": browser.p256dh, "secret": browser.auth, "contact": browser.contact}
    row = insert(PushSubscription).values(
        **owner_columns(principal), id=new_id("push"), endpoint=browser.endpoint, created_at=now(), **kept
    )
    row = row.on_conflict_do_update(index_elements=["tenant_id", "user_id", "endpoint"], set_=kept)
    found: PushSubscription = session.scalars(row.returning(PushSubscription)).one()
    if (session.scalar(select(func.count()).where(PushSubscription.owned_by(principal))) or 0) > MOST:
        raise Conflict(f"There are {MOST} browsers already")
    return found


def remove(session: Session, principal: Principal, subscription_id: str) -> None:
    its = PushSubscription.id == subscription_id, PushSubscription.owned_by(principal)
    if session.execute(delete(PushSubscription).where(*its).returning(PushSubscription.id)).first() is None:
        raise NotFound("Subscription not found")


def key(session: Session) -> str:
    """Our private key, made when it is first needed."""
    row = {"id": ONLY, "pem": encryption.new_key(), "created_at": now()}
    session.execute(insert(PushKey).values(row).on_conflict_do_nothing())
    return session.get_one(PushKey, ONLY).pem


def send(db: Database, owner: Owner, told: JSONObject, allow: frozenset[str]) -> None:
    """To each of the person's browsers, once. Raises ``DeliveryFailed`` when one may take it another time."""
    with db.begin() as session:
        pem = key(session)
        browsers = session.scalars(select(PushSubscription).where(PushSubscription.owned_by(owner))).all()
    failed = [failure for browser in browsers if (failure := _sent(db, browser, told, pem, allow))]
    if failed:
        raise failed[0]


def _sent(
    db: Database, browser: PushSubscription, told: JSONObject, pem: str, allow: frozenset[str]
) -> DeliveryFailed | None:
    """What may pass. A browser that is gone is forgotten."""
    body = _encrypted(to_json(told).encode(), browser.receiver, browser.secret)
    says = encryption.authorization(pem, browser.endpoint, browser.contact)
    try:
        push.send(browser.endpoint, body, says, allow=allow)
    except push.Gone:
        with db.begin() as session:
            session.execute(delete(PushSubscription).where(PushSubscription.id == browser.id))
    except DeliveryFailed as error:
        log.warning("push_failed", subscription_id=browser.id, retry=error.retryable)
        return error if error.retryable else None
    return None


def _try_out(browser: Browser) -> None:
    try:
        _encrypted(b"", browser.p256dh, browser.auth)
    except ValueError as error:
        raise BadRequest("keys must be the p256dh and auth of a browser's subscription") from error


def _encrypted(message: bytes, receiver: str, secret: str) -> bytes:
    return encryption.encrypted(message, encryption.from_base64(receiver), encryption.from_base64(secret))
