"""Exports, from being asked for to being swept."""

from datetime import timedelta
from typing import IO

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.signed_links import SignedLinks
from app.core.clock import iso, now
from app.core.errors import Conflict, NotFound
from app.core.json import JSONObject
from app.db.ownership import owner_columns
from app.db.session import db
from app.feeds import service as feed
from app.jobs.queue import queue
from app.privacy.exports import files
from app.privacy.exports.models import OPEN, Export, ExportState
from app.privacy.registry import Scope

LIFE = timedelta(hours=24)  # of a file and its link
UNFINISHED = timedelta(days=7)  # after which nobody waits any more for what was never made
MOST_LISTED = 50


class Running(Conflict):
    code, text = "EXPORT_RUNNING", "An export is being made already"


def begin(
    session: Session, principal: Principal, origin: str, webhook_url: str | None, of_tenant: str | None = None
) -> Export:
    """One at a time. Raises ``Running``."""
    row = insert(Export).values(
        **owner_columns(principal), of_tenant=of_tenant, webhook_url=webhook_url, origin=origin,
        expires_at=now() + UNFINISHED,
    )  # fmt: skip
    export: Export | None = session.scalar(row.on_conflict_do_nothing().returning(Export))
    if export is None:
        raise Running
    queue.enqueue(session, "exports.make", principal.tenant_id, principal.user_id, export_id=export.id)
    return export


def find(session: Session, principal: Principal, export_id: str, *, of_tenant: bool = False) -> Export:
    """The caller's own; a colleague's is not there, nor one that is over."""
    found = session.scalar(select(Export).where(Export.id == export_id, *_own(principal, of_tenant)))
    if found is None:
        raise NotFound("Export not found")
    return found


def newest(session: Session, principal: Principal, *, of_tenant: bool = False) -> list[Export]:
    query = select(Export).where(*_own(principal, of_tenant)).order_by(Export.created_at.desc(), Export.id.desc())
    return list(session.scalars(query.limit(MOST_LISTED)))


def remove(session: Session, principal: Principal, export_id: str, *, of_tenant: bool = False) -> Export:
    """Its link ends; one that is being made comes to nothing."""
    export = find(session, principal, export_id, of_tenant=of_tenant)
    session.delete(export)
    return export


def start(export_id: str) -> Export | None:
    """What a worker is to make; None when it is made, or nobody wants it any more."""
    its = Export.id == export_id, Export.status.in_(OPEN)
    with db.begin() as session:
        return session.scalar(update(Export).where(*its).values(status=ExportState.RUNNING).returning(Export))


def scope_of(export: Export) -> Scope:
    return Scope(export.of_tenant) if export.of_tenant is not None else Scope(export.tenant_id, export.user_id)


def complete(export_id: str, file: IO[bytes], counts: dict[str, int]) -> None:
    """File and end at once: half of one is never there, and whoever comes second changes nothing."""
    with db.begin() as session:
        export = _open_one(session, export_id)
        if export is not None:
            export.bytes, export.counts = files.store(session, export_id, file), counts
            export.expires_at = now() + LIFE
            _end(session, export, ExportState.COMPLETED)


def fail(export_id: str) -> None:
    with db.begin() as session:
        export = _open_one(session, export_id)
        if export is not None:
            _end(session, export, ExportState.FAILED)


def sweep() -> None:
    """Deletes what is over, with its file; everybody's."""
    with db.begin() as session:
        session.execute(delete(Export).where(Export.expires_at < func.clock_timestamp()))


def serialize(export: Export, links: SignedLinks, origin: str) -> JSONObject:
    """``url`` is there when the file is."""
    is_there = export.status == ExportState.COMPLETED
    facts: JSONObject = {"id": export.id, "status": export.status, "created_at": iso(export.created_at)}
    return {
        **facts,
        "url": files.url_of(export, links, origin) if is_there else None,
        "expires_at": iso(export.expires_at) if is_there else None,
        "bytes": export.bytes,
        "counts": export.counts,
    }


def event_of(export: Export, links: SignedLinks) -> JSONObject:
    """What a webhook is sent: the link is in it."""
    moment = iso(export.finished_at or now())
    data = serialize(export, links, export.origin)
    return {"type": f"export.{export.status}", "timestamp": moment, "data": data}


def _own(principal: Principal, of_tenant: bool) -> tuple[ColumnElement[bool], ...]:
    is_tenants = Export.of_tenant.is_not(None) if of_tenant else Export.of_tenant.is_(None)
    return Export.owned_by(principal), is_tenants, Export.expires_at > func.clock_timestamp()


def _open_one(session: Session, export_id: str) -> Export | None:
    its = Export.id == export_id, Export.status.in_(OPEN)
    return session.scalar(select(Export).where(*its).with_for_update())


def _end(session: Session, export: Export, state: ExportState) -> None:
    export.status, export.finished_at = state, now()
    told: JSONObject = {"id": export.id, "status": state, "bytes": export.bytes, "expires_at": iso(export.expires_at)}
    feed.append(session, export.tenant_id, export.user_id, f"export.{state}", told)
    if export.webhook_url:
        queue.enqueue(session, "exports.callback", export.tenant_id, export.user_id, export_id=export.id)
