"""API keys as requests meet them: checked with a few seconds of memory, their use written down now and then."""

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import gevent
import structlog
from sqlalchemy import or_, select, update

from app.auth import allow_list, api_keys
from app.auth.allow_list import Restrictions, Source
from app.auth.models import ApiKey
from app.auth.principals import Scope
from app.auth.revocations import Revocations
from app.core.clock import now
from app.core.errors import Forbidden, Unauthorized
from app.db.patience import AWAY
from app.db.session import Database

REMEMBERED = 4.0  # seconds; a revoked key is refused everywhere within 5
REMEMBERED_KEYS = 10_000
USE_NOTED = 60.0  # seconds between two notes of a key's use
WRITE_AFTER = 1.0  # seconds that notes wait for company

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Key:
    """A checked key: whose it is, what it is good for, and where it may be used from."""

    id: str
    tenant_id: str
    name: str
    allow: tuple[str, ...]
    restrictions: Restrictions
    scopes: frozenset[str]
    rate: str
    expires_at: datetime | None

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= now()

    def admit(self, scope: Scope, source: Source) -> None:
        """Raises ``Forbidden``."""
        if not (allow_list.allows(self.allow, source) and self.restrictions.permit(source)):
            raise Forbidden("Origin/Host/IP not allowed for this API key")
        if scope not in self.scopes:
            raise Forbidden(f"This API key does not have the scope {scope}")


class Keyring:
    """Checks keys against the table; what it found is good for ``REMEMBERED`` seconds."""

    def __init__(self, database: Database, revocations: Revocations | None = None) -> None:
        self._database = database
        self._revocations = revocations
        self._seen: dict[str, tuple[float, Key]] = {}
        self._noted: dict[str, float] = {}
        self._used: set[str] = set()
        self._writer: gevent.Greenlet | None = None

    def check(self, text: str) -> Key:
        """Raises ``Unauthorized`` for a key that is malformed, unknown, expired or revoked."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        moment, key = self._seen.get(digest, (0.0, None))
        if key is None or time.monotonic() - moment >= REMEMBERED:
            key = self._found(text, key)
            if len(self._seen) >= REMEMBERED_KEYS:
                self._seen.clear()
            self._seen[digest] = (time.monotonic(), key)
        if key.is_over:
            raise Unauthorized("The API key has expired")
        self.note_use(key)
        return key

    def permit(self, key: Key) -> bool:
        """Whether a key that was good still is, as far as this process knows: the database is not asked."""
        known = self._revocations
        return not key.is_over and (known is None or known.permit_key(key.id))

    def note_use(self, key: Key) -> None:
        """Costs nothing where it is called: what is noted is written later, at most once a minute for each key."""
        moment = time.monotonic()
        if moment - self._noted.get(key.id, -USE_NOTED) < USE_NOTED:
            return
        if len(self._noted) >= REMEMBERED_KEYS:
            self._noted.clear()
        self._noted[key.id] = moment
        self._used.add(key.id)
        if self._writer is None or self._writer.dead:
            self._writer = gevent.spawn_later(WRITE_AFTER, self.flush)

    def flush(self) -> None:
        """Writes what is noted; what other processes have written lately is left as it is."""
        used, self._used = self._used, set()
        if not used:
            return
        lately = now() - timedelta(seconds=USE_NOTED)
        is_due = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < lately)
        try:
            with self._database.begin() as session:
                session.execute(update(ApiKey).where(ApiKey.id.in_(used), is_due).values(last_used_at=now()))
        except AWAY as error:
            log.warning("key_use_not_written", reason=type(error).__name__)

    def _found(self, text: str, known: Key | None) -> Key:
        """While the database is away, what was known last."""
        try:
            return self._look_up(text)
        except AWAY:
            if known is None:
                raise
            return known

    def _look_up(self, text: str) -> Key:
        prefix, secret = api_keys.parts(text)
        query = select(ApiKey).where(ApiKey.prefix == prefix, ApiKey.revoked_at.is_(None))
        with self._database.read() as session:
            row = session.scalars(query).one_or_none()
        if row is None or not hmac.compare_digest(row.digest, api_keys.digest(prefix, secret)):
            raise Unauthorized("Invalid API key")
        restrictions = Restrictions(tuple(row.origins), tuple(row.hosts), tuple(row.networks))
        return Key(
            row.id, row.tenant_id, row.name, tuple(row.allow), restrictions, frozenset(row.scopes), row.rate or "",
            row.expires_at,
        )  # fmt: skip
