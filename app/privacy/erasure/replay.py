"""After a restore from backup: who was erased since is erased again, and what was called off stays so."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.session import Database
from app.privacy.erasure import service
from app.privacy.erasure.log_file import Line
from app.privacy.erasure.models import OPEN, AskedBy, Erasure, ErasureState


def lines(session: Session) -> Iterator[Line]:
    """What the database knows, as a log: to be kept with its backups."""
    ended = select(Erasure).where(Erasure.status.not_in(OPEN)).order_by(Erasure.id)
    yield from map(service.line_of, session.scalars(ended))


def missing(db: Database, log: Iterable[Line]) -> list[str]:
    """The erasures that are to be done again: planned, at once. To repeat it is safe."""
    found = []
    for line in log:
        with db.begin() as session:
            erasure_id = _planned(session, line)
        found += [erasure_id] if erasure_id else []
    return found


def _planned(session: Session, line: Line) -> str | None:
    known = session.get(Erasure, line.erasure_id, with_for_update=True)
    if line.status == ErasureState.CANCELLED:
        if known is not None and known.status == ErasureState.SCHEDULED:
            known.move(ErasureState.CANCELLED)
        return None
    if known is not None and known.status not in OPEN:
        return None
    return service.plan(session, line.tenant, line.user, AskedBy.LOG, erasure_id=line.erasure_id).id
