"""Insights: made from the whole workspace, kept, read in pages, waved away."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.json import JSONObject, JSONValue, objects_of
from app.db.ownership import owner_columns
from app.db.session import Database
from app.provenance import answers
from app.provenance import service as provenance
from app.provenance.service import CHANGED_MEANWHILE, CHANGED_SINCE, UNKNOWN, Kept, Provenance
from app.provenance.sources import Source
from app.topics.business.models import BusinessInsight, InsightStatus
from app.topics.business.schemas import InsightsFilter
from app.topics.engine import Engine
from app.workspace.sources.interfaces import DataAccess
from app.workspace.sources.provenance import gathered_sources

TABLE = BusinessInsight.__tablename__
CHANGED = "Changed since"
DETAILS = ("kiss_category", "alignment_impact", "business_impact", "effort_required")


def generate(db: Database, engine: Engine, access: DataAccess, query: InsightsFilter) -> dict[str, JSONValue]:
    """New insights, all of them stored; the answer shows the page of those that were asked for.

    None is stored when something that they are made from was deleted meanwhile.
    """
    call = engine.call("insights_generation", {}, access)
    gathered = engine.gather(call)
    made_of = gathered_sources(db, access.principal, gathered, only_ours=not engine.sources.needs_token)
    outcome = engine.execute(call, lambda: gathered)
    made = [_insight(access.principal, item) for item in objects_of(outcome.data["insights"])]
    held = _stored(db, access.principal, made, made_of)
    wanted = query.wanted.items()
    found = [Kept(row, held) for row in made if all(getattr(row, name) == value for name, value in wanted)]
    first = (query.page - 1) * query.page_size
    return {**paged(found[first : first + query.page_size], len(found), query), answers.MADE_OF: answers.noted(made_of)}


def _stored(
    db: Database, principal: Principal, made: Sequence[BusinessInsight], made_of: Sequence[Source]
) -> Provenance:
    with db.begin() as session:
        held = provenance.hold(session, principal, made_of)
        if held.is_gone:
            raise Conflict(CHANGED_MEANWHILE, code="SOURCE_DELETED")
        session.add_all(made)
        session.flush()
        for row in made:
            provenance.record(session, principal, TABLE, row.id, held)
    return held


def _insight(owner: Principal, item: JSONObject) -> BusinessInsight:
    moment = now()
    return BusinessInsight(
        id=new_id("insight"), **owner_columns(owner), title=str(item["title"])[:200], description=item["description"],
        category=item["category"], priority=item["priority"], status=InsightStatus.ACTIVE,
        details={name: item.get(name) for name in DETAILS}, created_at=moment, updated_at=moment,
    )  # fmt: skip


def listing(session: Session, principal: Principal, query: InsightsFilter) -> JSONObject:
    """Stored ones, newest first."""
    wanted = [getattr(BusinessInsight, name) == value for name, value in query.wanted.items()]
    found = select(BusinessInsight).where(BusinessInsight.owned_by(principal), *wanted)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.order_by(BusinessInsight.created_at.desc(), BusinessInsight.id.desc()).limit(query.page_size)
    rows = session.scalars(page.offset((query.page - 1) * query.page_size)).all()
    known = provenance.of_many(session, principal, TABLE, [row.id for row in rows])
    return paged([Kept(row, known.get(row.id, UNKNOWN)) for row in rows], total, query)


def mark(session: Session, principal: Principal, insight_id: str, status: InsightStatus) -> JSONObject:
    query = select(BusinessInsight).where(BusinessInsight.id == insight_id, BusinessInsight.owned_by(principal))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound(f"Insight not found: {insight_id[:100]}")
    if row.status != status:
        row.status, row.updated_at = status, now()
    return {"success": True, "data": serialize(Kept(row, provenance.of(session, principal, TABLE, row.id)))}


def recent(session: Session, principal: Principal, limit: int) -> list[JSONObject]:
    """What a conversation may refer to."""
    is_shown = BusinessInsight.status != InsightStatus.DISMISSED, BusinessInsight.description != ""
    found = select(BusinessInsight).where(BusinessInsight.owned_by(principal), *is_shown)
    rows = session.scalars(found.order_by(BusinessInsight.created_at.desc(), BusinessInsight.id.desc()).limit(limit))
    return [{"id": row.id, "title": row.title, "description": row.description} for row in rows]


def paged(rows: Sequence[Kept[BusinessInsight]], total: int, query: InsightsFilter) -> dict[str, JSONValue]:
    size = query.page_size
    about = {"page": query.page, "limit": size, "total": total, "total_pages": -(-total // size)}
    return {"success": True, "data": [serialize(row) for row in rows], "pagination": about}


def serialize(kept: Kept[BusinessInsight]) -> JSONObject:
    row = kept.subject
    details = dict(row.details)
    kiss = {name: details.pop(name, None) for name in ("kiss_category", "alignment_impact")}
    return {
        "id": row.id, "title": row.title or CHANGED, "description": row.description or CHANGED_SINCE,
        "category": row.category, "stale": kept.stale, "sources": list(kept.sources),
        "priority": row.priority, "status": row.status, **kiss, "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at), "metadata": {"conversation_count": 0, **details},
    }  # fmt: skip
