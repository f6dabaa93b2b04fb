"""People who come back after they were erased: the door opens again, and they start empty."""

from sqlalchemy import func, select

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import Unauthorized
from app.db.session import Database
from app.privacy.erasure.models import Erasure, ErasureState


class Returns:
    """One per process. It asks the database about people whose tokens were revoked at some time, once for each time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._let_in: dict[str, float] = {}

    def admit(self, person: Principal, revoked_at: float) -> None:
        """Somebody with a newer token. Raises ``Unauthorized`` while their erasure goes on."""
        if self._let_in.get(person.key) != revoked_at:
            self._open(person)
            self._let_in[person.key] = revoked_at

    def _open(self, person: Principal) -> None:
        its = Erasure.tenant_id == person.tenant_id, Erasure.person == person.user_id
        closed = select(Erasure).where(*its, Erasure.closed_until > func.clock_timestamp())
        with self._db.begin() as session:
            for erasure in session.scalars(closed.with_for_update()).all():
                if erasure.status == ErasureState.RUNNING:
                    raise Unauthorized("This account is being erased")
                erasure.closed_until = now()
