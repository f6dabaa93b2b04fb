"""One delivery to a tenant's receiver, signed with what the tenant checks it with."""

from app.config.settings import Settings
from app.core.json import JSONObject, to_json
from app.db.session import db
from app.outgoing import webhooks
from app.web.container import resolve
from app.webhooks import secrets


def check(url: str) -> None:
    """Raises ``FetchRefused`` for an address that nothing would be sent to."""
    webhooks.check(url, allow=_allowed())


def deliver(tenant: str, url: str, event: JSONObject, delivery: str) -> None:
    """Once; ``delivery`` is the same at each attempt. Raises ``DeliveryFailed``, ``FetchRefused``."""
    with db.begin() as session:
        secret, following = secrets.in_force(session, tenant)
    body = to_json(event).encode()
    webhooks.send(url, body, secret, next_secret=following, allow=_allowed(), delivery=delivery)


def _allowed() -> frozenset[str]:
    return frozenset(resolve(Settings).scan_allow_hosts)
