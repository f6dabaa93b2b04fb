"""Messages to the push services of browsers, whose addresses the browsers gave us."""

from app.outgoing import addresses
from app.outgoing.interfaces import Deadline, DeliveryFailed, FetchRefused, Resolve, Unresolved
from app.outgoing.pinned import FAULTS, exchange
from app.outgoing.webhooks import MAY_PASS, SECONDS

KEPT = 24 * 3600  # seconds that the service keeps it for a browser that is away
ENDED = {404, 410}


class Gone(DeliveryFailed):
    """The browser takes no more."""

    def __init__(self) -> None:
        super().__init__(retryable=False)


def send(
    url: str, body: bytes, authorization: str, *, allow: frozenset[str], resolve: Resolve = addresses.resolve
) -> None:
    """Once. Raises ``Gone``, ``DeliveryFailed``."""
    headers = {
        "Authorization": authorization, "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        "TTL": str(KEPT), "User-Agent": "Coachhouse/1.0",
    }  # fmt: skip
    try:
        target, deadline = addresses.parse(url), Deadline(SECONDS)
        with exchange("POST", target, headers, body, allow, deadline, resolve) as response:
            status = response.status_code
    except (Unresolved, *FAULTS) as error:
        raise DeliveryFailed(retryable=True) from error
    except FetchRefused as error:
        raise DeliveryFailed(retryable=False) from error
    if status in ENDED:
        raise Gone
    if not 200 <= status < 300:
        raise DeliveryFailed(retryable=status in MAY_PASS or status >= 500)
