"""Mails, written and sent by a worker. In development they lie in the outbox."""

from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.config.accounts import Accounts
from app.core.clock import now
from app.db.session import db
from app.identity import letters
from app.identity.letters import Letter
from app.identity.models import Mail
from app.outgoing import mail as smtp

KEPT = timedelta(days=1)
MOST_SHOWN = 100

log = structlog.get_logger()


def deliver(mail_id: str, accounts: Accounts) -> None:
    """Safe to repeat: at worst a mail comes twice, with a link of its own. Raises ``DeliveryFailed``."""
    letter = _written(mail_id, accounts)
    if letter is None:
        return
    if accounts.smtp is not None:
        smtp.send(accounts.smtp, accounts.mail_from, letter.to, letter.subject, letter.text)
    elif not accounts.has_outbox:
        log.error("mail_not_sent", reason="SMTP_URL is not set")
    with db.begin() as session:
        _put_away(session, mail_id, letter, accounts)


def shown(accounts: Accounts) -> list[Mail]:
    """The outbox, newest first. Without a server to send them by, nothing needs to wait for a worker."""
    with db.read() as session:
        waiting = session.scalars(select(Mail.id).where(Mail.sent_at.is_(None)).order_by(Mail.created_at)).all()
    for mail_id in waiting if accounts.smtp is None else ():
        deliver(mail_id, accounts)
    with db.read() as session:
        query = select(Mail).where(Mail.sent_at.is_not(None)).order_by(Mail.created_at.desc(), Mail.id.desc())
        return list(session.scalars(query.limit(MOST_SHOWN)))


def sweep(session: Session) -> None:
    session.execute(delete(Mail).where(Mail.created_at < now() - KEPT))


def _written(mail_id: str, accounts: Accounts) -> Letter | None:
    """What is to be sent; its link works from here on."""
    with db.begin() as session:
        row = session.get(Mail, mail_id, with_for_update=True)
        if row is None or row.sent_at is not None:
            return None
        letter = letters.write(session, row, accounts.public_url)
        if letter is None:
            session.delete(row)
        elif accounts.smtp is None:
            _put_away(session, mail_id, letter, accounts)
        return letter


def _put_away(session: Session, mail_id: str, letter: Letter, accounts: Accounts) -> None:
    row = session.get(Mail, mail_id, with_for_update=True)
    if row is None or row.sent_at is not None:
        return
    if not accounts.has_outbox:
        session.delete(row)
        return
    row.subject, row.text, row.links, row.sent_at = letter.subject, letter.text, list(letter.links), now()
