"""One run at a time writes a week's insight: who may begin, who joins, and what a run leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, delete, or_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.weeks import Week
from app.db.leases import DEADLINE
from app.db.ownership import owner_columns
from app.db.pages import PageRequest, keyset_page
from app.provenance import service as provenance
from app.provenance.service import Kept
from app.receipts.placing import Placed
from app.weekly.models import LEASE, WeeklyInsight

TABLE = WeeklyInsight.__tablename__
NOT_FOUND = "Weekly insight not found"


@dataclass(frozen=True, slots=True)
class Written:
    """What a run that went well has to show."""

    content: str
    entry_count: int
    entries_analyzed: int
    model: str | None
    receipts: Sequence[Placed] = ()


def of_week(session: Session, principal: Principal, week: Week) -> WeeklyInsight | None:
    """The row of a week, whether or not anything is written."""
    return session.scalar(_mine(principal).where(WeeklyInsight.week_of == week.of))


def of_run(session: Session, principal: Principal, run_id: str) -> WeeklyInsight | None:
    return session.scalar(_mine(principal).where(WeeklyInsight.run_id == run_id))


def find(session: Session, principal: Principal, insight_id: str) -> WeeklyInsight:
    query = _mine(principal).where(WeeklyInsight.id == insight_id, WeeklyInsight.content.is_not(None))
    row = session.scalar(query)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def read(session: Session, principal: Principal, insight_id: str) -> Kept[WeeklyInsight]:
    return kept(session, find(session, principal, insight_id))


def history(session: Session, principal: Principal, asked: PageRequest) -> Sequence[Kept[WeeklyInsight]]:
    """The latest week first."""
    query = _mine(principal).where(WeeklyInsight.content.is_not(None))
    rows = keyset_page(session, query, WeeklyInsight.week_of, principal, asked).items
    found = provenance.of_many(session, principal, TABLE, [row.id for row in rows])
    return [Kept(row, found.get(row.id, provenance.UNKNOWN)) for row in rows]


def kept(session: Session, row: WeeklyInsight) -> Kept[WeeklyInsight]:
    """With what it was made from."""
    return Kept(row, provenance.of(session, row, TABLE, row.id))


def _mine(principal: Principal) -> Select[WeeklyInsight]:
    return select(WeeklyInsight).where(WeeklyInsight.owned_by(principal))


def remove(session: Session, principal: Principal, insight_id: str) -> str:
    """The id of the run that may be writing it anew."""
    row = find(session, principal, insight_id)
    session.execute(delete(WeeklyInsight).where(WeeklyInsight.id == row.id, WeeklyInsight.owned_by(principal)))
    return row.run_id


def is_running(session: Session, row: WeeklyInsight) -> bool:
    """By the database's clock: whoever leased the row may be on another machine."""
    if row.lease_until is None:
        return False
    return session.scalar(select(WeeklyInsight.id).where(WeeklyInsight.id == row.id, LEASE.is_held)) is not None


def claim(session: Session, principal: Principal, week: Week, run_id: str, *, force: bool) -> WeeklyInsight | None:
    """The row with this run as its own; None while another runs, or when the week is written and neither stale nor
    forced.

    Whoever asks at the same time waits here for a moment, and then gets None.
    """
    moment = now()
    mine = {"run_id": run_id, "lease_until": DEADLINE, "error": None}
    row = insert(WeeklyInsight).values(
        **owner_columns(principal), id=new_id("insight"), week_of=week.of, week_start=week.start, week_end=week.end,
        entry_count=0, entries_analyzed=0, created_at=moment, updated_at=moment, **mine,
    )  # fmt: skip
    stale = WeeklyInsight.id.in_(provenance.stale_ids(principal, TABLE))
    wanted = true() if force else or_(WeeklyInsight.content.is_(None), stale)
    week_key = ["tenant_id", "user_id", "week_of"]
    row = row.on_conflict_do_update(index_elements=week_key, set_=mine, where=and_(LEASE.is_free, wanted))
    taken = row.returning(WeeklyInsight).execution_options(populate_existing=True)
    return session.scalars(taken).one_or_none()


def finish(session: Session, row: WeeklyInsight, written: Written) -> WeeklyInsight | None:
    """Stores what was written; None when the insight was deleted, or the run was given up, meanwhile."""
    moment = now()
    first = case((WeeklyInsight.content.is_(None), moment), else_=WeeklyInsight.created_at)
    values = {
        "content": written.content, "entry_count": written.entry_count, "model": written.model,
        "entries_analyzed": written.entries_analyzed, "week_start": row.week_start, "week_end": row.week_end,
        "created_at": first, "updated_at": moment, "lease_until": None, "receipts": list(written.receipts),
    }  # fmt: skip
    changed = update(WeeklyInsight).where(*_of_run(row)).values(**values).returning(WeeklyInsight)
    return session.scalars(changed.execution_options(populate_existing=True)).one_or_none()


def fail(session: Session, row: WeeklyInsight, error: str) -> bool:
    """What was written before stays. Whether the run was still the row's."""
    updated = case((WeeklyInsight.content.is_(None), now()), else_=WeeklyInsight.updated_at)  # what is kept is not
    values = {"error": error, "lease_until": None, "updated_at": updated}
    changed = update(WeeklyInsight).where(*_of_run(row)).values(**values).returning(WeeklyInsight.id)
    return session.scalar(changed) is not None


def _of_run(row: WeeklyInsight) -> tuple[ColumnElement[bool], ...]:
    return WeeklyInsight.id == row.id, WeeklyInsight.run_id == row.run_id, WeeklyInsight.lease_until.is_not(None)
