"""Mail, and what is over."""

from datetime import timedelta

from sqlalchemy import delete

from app.auth.models import SignIn
from app.config.settings import Settings
from app.core.clock import now
from app.db.session import db
from app.identity import mail_requests, mails, people
from app.identity.models import Invitation, MailToken
from app.jobs.models import QueueName
from app.jobs.registry import JobDefinition, PeriodicJob
from app.web.container import resolve

UNPROVEN = timedelta(days=7)  # that an account may wait for its address to be confirmed


def send_mail(mail_id: str) -> None:
    mails.deliver(mail_id, resolve(Settings).accounts)


def sweep() -> None:
    """Sign-ins, links, invitations and mails that are of no use any more, and accounts that nobody has confirmed."""
    with db.begin() as session:
        for model in (SignIn, MailToken, Invitation):
            session.execute(delete(model).where(model.expires_at < now()))
        mails.sweep(session)
        people.forget_unproven(session, now() - UNPROVEN)


JOBS = (
    JobDefinition(mail_requests.JOB, send_mail, QueueName.ANONYMOUS, attempts=5),
    PeriodicJob("identity.sweep", sweep, every=3600),
)
