"""The background work of memory; conversations are looked through by the product that has them."""

from datetime import timedelta

from sqlalchemy import delete

from app.core.clock import now
from app.db.session import db
from app.jobs.registry import PeriodicJob
from app.memory.models import Fact, FactState

PATIENCE = timedelta(days=30)  # without a yes is a no


def drop_unaccepted() -> None:
    with db.begin() as session:
        waits = Fact.state == FactState.PROPOSED, Fact.created_at < now() - PATIENCE
        session.execute(delete(Fact).where(*waits))


JOBS = (PeriodicJob("memory.drop_unaccepted", drop_unaccepted, every=3600),)
