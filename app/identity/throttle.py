"""How often somebody may try: counted for the account that is meant and for the network that it comes from.

The account is meant whether or not there is one, so that a refusal tells nothing of it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.limits.permits import Limits


@dataclass(frozen=True, slots=True)
class Throttle:
    limits: Limits
    network: str

    @contextmanager
    def attempt(self, account: str) -> Iterator[None]:
        """What fails inside counts; what succeeds was no attempt. Raises ``RateLimited``."""
        around = self.limits.acquire("sign_in_address", f"address:{self.network}")
        of_account = self.limits.acquire("sign_in", filed(account))
        yield
        around.refund()
        of_account.refund()

    def mail(self, address: str) -> None:
        """One more mail to this address. Raises ``RateLimited``."""
        self.limits.acquire("account_mail_address", f"address:{self.network}")
        self.limits.acquire("account_mail", filed(address))


def filed(account: str) -> str:
    """Counters are filed under no address that anybody could read."""
    return f"account:{hashlib.sha256(account.encode()).hexdigest()}"
