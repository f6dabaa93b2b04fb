"""Advisory locks of PostgreSQL, by name."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def advisory_lock(session: Session, name: str) -> None:
    """Waits for the lock of this name and holds it until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
