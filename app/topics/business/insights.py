"""Insights: made from the whole workspace, kept, read in pages, waved away."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.db.session import Database
from app.topics.business.models import BusinessInsight, InsightStatus
from app.topics.engine import Engine
from app.workspace.sources.interfaces import DataAccess

Body = dict[str, Any]
FILTERS = ("category", "priority", "status")


def generate(db: Database, engine: Engine, access: DataAccess, query: Body) -> Body:
    """New insights, all of them stored; the answer shows the page of those that were asked for."""
    run = engine.run("insights_generation", {}, access)
    outcome = engine.execute(run)
    moment, owner = now(), access.principal
    made = [
        BusinessInsight(
            id=new_id("insight"), tenant_id=owner.tenant_id, user_id=owner.user_id, title=item["title"][:200],
            description=item["description"], category=item["category"], priority=item["priority"],
            status=InsightStatus.ACTIVE, details=_details(item), created_at=moment, updated_at=moment,
        )
        for item in outcome.data["insights"]
    ]  # fmt: skip
    with db.begin() as session:
        session.add_all(made)
    fitting = [row for row in made if all(query[name] in (None, getattr(row, name)) for name in FILTERS)]
    first = (query["page"] - 1) * query["page_size"]
    return paged(fitting[first : first + query["page_size"]], len(fitting), query)


def listing(session: Session, principal: Principal, query: Body) -> Body:
    """Stored ones, newest first."""
    wanted = [getattr(BusinessInsight, name) == query[name] for name in FILTERS if query[name]]
    found = select(BusinessInsight).where(*mine(principal), *wanted)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    page = found.order_by(BusinessInsight.created_at.desc(), BusinessInsight.id.desc()).limit(query["page_size"])
    rows = session.scalars(page.offset((query["page"] - 1) * query["page_size"])).all()
    return paged(list(rows), total, query)


def mark(session: Session, principal: Principal, insight_id: str, status: InsightStatus) -> Body:
    query = select(BusinessInsight).where(BusinessInsight.id == insight_id, *mine(principal))
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound(f"Insight not found: {insight_id[:100]}")
    if row.status != status:
        row.status, row.updated_at = status, now()
    return {"success": True, "data": spoken(row)}


def recent(session: Session, principal: Principal, limit: int) -> list[Body]:
    """What a conversation may refer to."""
    found = select(BusinessInsight).where(*mine(principal), BusinessInsight.status != InsightStatus.DISMISSED)
    rows = session.scalars(found.order_by(BusinessInsight.created_at.desc(), BusinessInsight.id.desc()).limit(limit))
    return [{"id": row.id, "title": row.title, "description": row.description} for row in rows]


def paged(rows: list[BusinessInsight], total: int, query: Body) -> Body:
    size = query["page_size"]
    about = {"page": query["page"], "limit": size, "total": total, "total_pages": -(-total // size)}
    return {"success": True, "data": [spoken(row) for row in rows], "pagination": about}


def spoken(row: BusinessInsight) -> Body:
    details = dict(row.details)
    kiss = {name: details.pop(name, None) for name in ("kiss_category", "alignment_impact")}
    return {
        "id": row.id, "title": row.title, "description": row.description, "category": row.category,
        "priority": row.priority, "status": row.status, **kiss, "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at), "metadata": {"conversation_count": 0} | details,
    }  # fmt: skip


def mine(principal: Principal) -> tuple[Any, Any]:
    return BusinessInsight.tenant_id == principal.tenant_id, BusinessInsight.user_id == principal.user_id


def _details(item: Body) -> Body:
    names = ("kiss_category", "alignment_impact", "business_impact", "effort_required")
    return {name: item.get(name) for name in names}
