"""Asking for a mail: it is noted, and a worker sees to it. Who asks learns nothing of whom it goes to."""

from sqlalchemy.orm import Session

from app.identity.models import Mail, MailKind
from app.jobs.queue import queue

JOB = "identity.mail"


def post(
    session: Session, kind: MailKind, address: str, tenant: str = "", user: str = "", about: str | None = None,
    text: str = "",
) -> None:  # fmt: skip
    """The same work for an address that nobody has."""
    row = Mail(kind=kind, address=address, tenant_id=tenant, user_id=user, about=about, text=text)
    session.add(row)
    session.flush()
    queue.enqueue(session, JOB, tenant, user, mail_id=row.id)
