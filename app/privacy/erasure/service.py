"""Erasures, from being asked for to beginning: confirmed by the person, called off in the days of grace, listed."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.principals import Principal
from app.auth.signed_links import SignedLinks
from app.core.clock import iso, now
from app.core.errors import BadRequest, Conflict, NotFound
from app.core.ids import joined
from app.core.json import JSONObject
from app.db.pages import Page
from app.feeds import service as feeds
from app.jobs.queue import queue
from app.privacy.erasure.log_file import Line
from app.privacy.erasure.models import OPEN, AskedBy, Erasure, ErasureState

RUN = "erasures.run"
CONFIRM_WITHIN = timedelta(minutes=15)
AT_ONCE = timedelta()


class NotConfirmed(BadRequest):
    code, text = "CONFIRMATION_INVALID", "The confirmation is not valid, or not any more: ask for a new one"


class Begun(Conflict):
    code, text = "ERASURE_BEGUN", "The erasure has begun already"


def confirmation(session: Session, principal: Principal, links: SignedLinks) -> JSONObject:
    """What the person has to send back. It is good for one erasure: not for another after that was called off."""
    until = now() + CONFIRM_WITHIN
    seconds = int(until.timestamp())
    signature = links.sign(_subject(principal), _newest_id(session, principal), seconds)
    return {"confirmation": f"{seconds}.{signature}", "expires_at": iso(until)}


def confirm(
    session: Session, principal: Principal, given: str, links: SignedLinks, grace: timedelta
) -> Erasure:  # fmt: skip
    """Plans the erasure; sent again, it is the same one. Raises ``NotConfirmed``."""
    planned = current(session, principal)
    if planned is not None:
        return planned
    seconds, _, signature = given.partition(".")
    until = int(seconds) if seconds.isascii() and seconds.isdecimal() else 0
    if not links.permit(_subject(principal), _newest_id(session, principal), until, signature):
        raise NotConfirmed
    erasure = plan(session, principal.tenant_id, principal.user_id, AskedBy.PERSON, grace)
    _tell(session, erasure)
    return erasure


def plan(
    session: Session, tenant: str, person: str, asked_by: AskedBy, grace: timedelta = AT_ONCE, erasure_id: str = ""
) -> Erasure:
    """One at a time; whoever asks for an earlier moment gets it."""
    known = {"id": erasure_id} if erasure_id else {}
    row = insert(Erasure).values(
        **known, tenant_id=tenant, person=person, person_key=joined(tenant, person), asked_by=asked_by,
        erase_at=now() + grace,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing())
    its = Erasure.tenant_id == tenant, Erasure.person == person, Erasure.status.in_(OPEN)
    erasure = session.scalars(select(Erasure).where(*its).with_for_update()).one()
    if erasure.status == ErasureState.SCHEDULED:
        erasure.erase_at = min(erasure.erase_at, now() + grace)
        queue.enqueue(session, RUN, delay=max(erasure.erase_at - now(), AT_ONCE), erasure_id=erasure.id)
    return erasure


def plan_for(session: Session, principal: Principal, tenant: str, person: str) -> Erasure:
    """An operator's, at once."""
    erasure = plan(session, tenant, person, AskedBy.OPERATOR)
    audit.record(session, principal, "erasure.create", erasure.id, tenant)
    return erasure


def cancel(session: Session, principal: Principal) -> Erasure:
    """Raises ``NotFound`` when none is planned, ``Begun`` when it is too late."""
    erasure = current(session, principal, lock=True)
    if erasure is None:
        raise NotFound("No erasure is planned")
    if erasure.status == ErasureState.RUNNING:
        raise Begun
    erasure.move(ErasureState.CANCELLED)
    erasure.cancelled_at = now()
    _tell(session, erasure)
    return erasure


def read(session: Session, principal: Principal) -> Erasure:
    """The one that is planned. Raises ``NotFound``."""
    erasure = current(session, principal)
    if erasure is None:
        raise NotFound("No erasure is planned")
    return erasure


def current(session: Session, principal: Principal, *, lock: bool = False) -> Erasure | None:
    query = select(Erasure).where(*_of(principal), Erasure.status.in_(OPEN))
    return session.scalar(query.with_for_update() if lock else query)


def receipts(session: Session, tenant: str | None, limit: int, offset: int) -> Page[Erasure]:
    """Newest first; of a tenant, or of all."""
    query = select(Erasure).where(*([Erasure.tenant_id == tenant] if tenant is not None else []))
    rows = session.scalars(query.order_by(Erasure.id.desc()).limit(limit + 1).offset(offset)).all()
    return Page(rows[:limit], len(rows) > limit)


def line_of(erasure: Erasure) -> Line:
    moment = erasure.completed_at or erasure.cancelled_at or now()
    return Line(erasure.id, erasure.tenant_id, erasure.person, erasure.status, iso(moment))


def _newest_id(session: Session, principal: Principal) -> str:
    query = select(Erasure.id).where(*_of(principal)).order_by(Erasure.id.desc()).limit(1)
    return session.scalar(query) or ""


def _of(principal: Principal) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Erasure.tenant_id == principal.tenant_id, Erasure.person == principal.user_id


def _subject(principal: Principal) -> str:
    return f"erasure:{principal.key}"


def _tell(session: Session, erasure: Erasure) -> None:
    """Whoever did not ask for it hears of it while there is time."""
    told: JSONObject = {"id": erasure.id, "erase_at": iso(erasure.erase_at)}
    feeds.append(session, erasure.tenant_id, erasure.person, f"erasure.{erasure.status}", told)
