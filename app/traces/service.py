"""Finding traces: a person their own, operators everybody's; and whether operators may read the words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.errors import NotFound
from app.core.json import JSONObject, as_object, objects_of
from app.db.pages import Page, PageRequest, keyset_page
from app.db.session import Database
from app.traces.models import TenantTraces, TurnTrace
from app.traces.words import TurnWords, titles_of, words_of


@dataclass(frozen=True, slots=True)
class Conversation(PageRequest):
    """Of one of them if it is named."""

    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """What operators look for. ``before`` is the id of the last trace of a page."""

    limit: int = 50
    before: str | None = None
    tenant: str | None = None
    user: str | None = None
    feature: str | None = None
    outcome: str | None = None
    conversation_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def mine(session: Session, principal: Principal, asked: Conversation) -> JSONObject:
    query = select(TurnTrace).where(TurnTrace.owned_by(principal))
    if asked.conversation_id is not None:
        query = query.where(TurnTrace.conversation_id == asked.conversation_id)
    page = keyset_page(session, query, TurnTrace.created_at, principal, asked)
    traces = [told(row) for row in page.items]
    return {"traces": traces, "has_more": page.has_more, "next_cursor": page.next_cursor}


def one_of_mine(session: Session, principal: Principal, asked: str) -> JSONObject:
    """By its own id or that of its answer. Raises ``NotFound``."""
    row = _find(session, asked, TurnTrace.owned_by(principal))
    return {**told(row), **_worded(session, row)}


def listing(session: Session, search: Search) -> Page[TurnTrace]:
    """Everybody's, newest first."""
    wanted = {
        TurnTrace.tenant_id: search.tenant, TurnTrace.user_id: search.user, TurnTrace.feature: search.feature,
        TurnTrace.outcome: search.outcome, TurnTrace.conversation_id: search.conversation_id,
    }  # fmt: skip
    conditions = [column == value for column, value in wanted.items() if value is not None]
    conditions += [TurnTrace.created_at >= search.since] if search.since else []
    conditions += [TurnTrace.created_at < search.until] if search.until else []
    conditions += [TurnTrace.id < search.before] if search.before else []
    query = select(TurnTrace).where(*conditions).order_by(TurnTrace.id.desc()).limit(search.limit + 1)
    rows = session.scalars(query).all()
    return Page(rows[: search.limit], len(rows) > search.limit)


def listed(session: Session, search: Search) -> JSONObject:
    page = listing(session, search)
    traces = [{**told(row), **_whose(row)} for row in page.items]
    return {"traces": traces, "has_more": page.has_more, "next_before": page.items[-1].id if page.has_more else None}


def one_of_all(db: Database, operator: Principal, asked: str) -> JSONObject:
    """With its words where its tenant allows that, which leaves an entry. Raises ``NotFound``."""
    with db.read() as session:
        row = _find(session, asked)
        may_read = not row.tenant_id or operators_read_words(session, row.tenant_id)
    facts: JSONObject = {**told(row), **_whose(row), "words_allowed": may_read}
    if not may_read:
        return facts
    with audit.recorded(operator, "trace.read_words", row.id, row.tenant_id or None) as session:
        return {**facts, **_worded(session, row)}


def operators_read_words(session: Session, tenant: str) -> bool:
    row = session.get(TenantTraces, tenant)
    return row is not None and row.operators_read_words


def allow(session: Session, principal: Principal, allowed: bool) -> JSONObject:
    """For the tenant of who says so."""
    values = {"operators_read_words": allowed, "updated_at": now(), "updated_by": principal.user_id}
    row = insert(TenantTraces).values(tenant_id=principal.tenant_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    audit.record(session, principal, "traces.settings", "", principal.tenant_id)
    return {"operators_read_words": allowed}


def told(row: TurnTrace) -> JSONObject:
    """How it went. What is no model's time is ours."""
    calls = [as_object(call) for call in row.calls]
    faults = [(call, fault) for call in calls for fault in objects_of(call["faults"])]
    waited = sum(_number(call["ms"]) for call in calls)
    return {
        "id": row.id, "feature": row.feature, "answer_id": row.answer_id or None,
        "conversation_id": row.conversation_id or None, "request_id": row.request_id or None, "outcome": row.outcome,
        "created_at": iso(row.created_at), "ms": row.ms, "overhead_ms": round(max(0.0, row.ms - waited), 1),
        "stages": row.stages, "retrieved": row.retrieved, "calls": row.calls,
        "usage": {
            "calls": len(calls), "input_tokens": row.input_tokens, "output_tokens": row.output_tokens,
            "cost_usd": row.cost, "unpriced": row.unpriced, "retries": len(faults),
            "failovers": sum(call["model"] != fault["model"] for call, fault in faults),
        },
    }  # fmt: skip


def _find(session: Session, asked: str, *conditions: ColumnElement[bool]) -> TurnTrace:
    """Of several turns that made an answer, the last one."""
    named = (TurnTrace.id == asked) | ((TurnTrace.answer_id == asked) & (TurnTrace.answer_id != ""))
    query = select(TurnTrace).where(named, *conditions).order_by(TurnTrace.id.desc()).limit(1)
    row = session.scalar(query)
    if row is None:
        raise NotFound("Trace not found")
    return row


def _worded(session: Session, row: TurnTrace) -> JSONObject:
    words, titles = words_of(session, row) or TurnWords(), titles_of(session, row)
    retrieved = [{**as_object(one), "title": titles.get(str(as_object(one)["id"]))} for one in row.retrieved]
    return {"retrieved": retrieved, "words": {"asked": words.asked, "answered": words.answered}}


def _whose(row: TurnTrace) -> JSONObject:
    return {"tenant": row.tenant_id, "user": row.user_id}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
