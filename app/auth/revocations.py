"""Tokens and keys that count no more, as each process knows them: told at once, asked for every two seconds."""

from datetime import UTC, datetime, timedelta
from functools import partial

import gevent
import structlog
from gevent.event import Event
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.auth.models import ApiKey, Revocation, Revoked
from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Unprocessable
from app.db.session import Database, after_commit
from app.streams.signals import Signals, signals

CHANGED = "auth.revoked"
SUBJECT = ("tenant_id", "kind", "subject")  # what a row is of
ASK_EVERY = 2.0  # seconds, should the word of a revocation get lost
FIRST_WAIT = 3.0  # seconds that the first requests of a process wait for what is known
OVERLAP = timedelta(seconds=60)  # a transaction may commit later than one that began after it
CLOCKS = timedelta(seconds=5)  # by which two machines may differ

log = structlog.get_logger()


def revoke_person(session: Session, tenant: str, user: str, before: datetime | None = None) -> datetime:
    """All of a person's tokens that were issued before then (now); a later time stays. Which time holds."""
    before = before or now()
    if before > now() + CLOCKS:
        raise Unprocessable("issued_before must not be in the future", code="VALIDATION_ERROR")
    return _note(session, tenant, Revoked.PERSON, user, before)


def revoke_token(session: Session, tenant: str, token_id: str) -> None:
    """The one token of this id (``jti``)."""
    _note(session, tenant, Revoked.BY_ID, token_id, now())


def _note(session: Session, tenant: str, kind: Revoked, subject: str, before: datetime) -> datetime:
    row = insert(Revocation).values(tenant_id=tenant, kind=kind, subject=subject, issued_before=before)
    latest = func.greatest(Revocation.issued_before, row.excluded.issued_before)
    fresh = {"issued_before": latest, "changed_at": func.clock_timestamp()}
    row = row.on_conflict_do_update(index_elements=SUBJECT, set_=fresh)
    tell(session)
    return session.execute(row.returning(Revocation.issued_before)).scalar_one()


def tell(session: Session) -> None:
    """Every process looks, once this has committed."""
    after_commit(session, partial(signals.publish, CHANGED))


class Revocations:
    """One per process that serves, which is on gevent. While the database is away what it knows goes on to count, and
    whom it knows nothing of is let in.
    """

    def __init__(self, database: Database, bus: Signals) -> None:
        self._database = database
        self._signals = bus
        self._began = now()
        self._newest = datetime.fromtimestamp(0, UTC)
        self._people: dict[tuple[str, str], float] = {}
        self._tokens: set[tuple[str, str]] = set()
        self._keys: set[str] = set()
        self._asked = Event()
        self._woken = Event()
        self._asking: gevent.Greenlet | None = None
        bus.subscribe(CHANGED, lambda _: self._woken.set())

    def permit_token(self, owner: Principal, issued_at: float, token_id: str) -> bool:
        """Whether such a token still counts; one that does not say when it was issued is older than any other."""
        self._listen()
        since = self._people.get((owner.tenant_id, owner.user_id))
        return (since is None or issued_at >= since) and (owner.tenant_id, token_id) not in self._tokens

    def since(self, owner: Principal) -> float | None:
        """When a person's tokens were last revoked (seconds since 1970); for nearly everybody they never were."""
        return self._people.get((owner.tenant_id, owner.user_id))

    def permit_key(self, key_id: str) -> bool:
        """Whether a key that was good when this process first met it still is."""
        self._listen()
        return key_id not in self._keys

    def _listen(self) -> None:
        if self._asking is None or self._asking.dead:
            self._asking = gevent.spawn(self._ask_forever)
            self._signals.listen()
        if not self._asked.is_set():
            self._asked.wait(FIRST_WAIT)

    def _ask_forever(self) -> None:
        while True:
            self._woken.clear()
            try:
                self._ask()
            except SQLAlchemyError as error:
                log.warning("revocations_not_read", reason=type(error).__name__)
            self._asked.set()
            self._woken.wait(ASK_EVERY)

    def _ask(self) -> None:
        fresh = select(Revocation).where(Revocation.changed_at > self._newest - OVERLAP)
        keys = select(ApiKey.id).where(ApiKey.revoked_at > self._began - OVERLAP)
        with self._database.read() as session:
            self._keys.update(session.scalars(keys))
            for row in session.scalars(fresh):
                self._take(row)

    def _take(self, row: Revocation) -> None:
        self._newest = max(self._newest, row.changed_at)
        if row.kind == Revoked.PERSON:
            self._people[row.tenant_id, row.subject] = row.issued_before.timestamp()
        else:
            self._tokens.add((row.tenant_id, row.subject))
