"""What a mail says, written by a worker: only here is it looked up whom it would go to."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from app.identity import invitations, mail_tokens, people
from app.identity.models import Invitation, Mail, MailKind, Purpose, Tenant

TEXTS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str
    links: tuple[str, ...]


def write(session: Session, mail: Mail, public_url: str) -> Letter | None:
    """Nothing where nobody is to get it. Makes the token that its link ends with."""
    found = WRITERS[MailKind(mail.kind)](session, mail)
    if found is None:
        return None
    kind, path, query, more = found
    link = f"{public_url}{path}" + (f"?{urlencode(query)}" if query else "")
    said = TEXTS[kind]
    subject = said["subject"].format(**more)
    return Letter(mail.address, " ".join(subject.split()), said["text"].strip().format(link=link, **more), (link,))


Parts = tuple[str, str, dict[str, str], dict[str, str]]


def _sign_up(session: Session, mail: Mail) -> Parts | None:
    user = people.find(session, mail.address)
    if user is None:
        return None
    if user.verified_at is not None:
        return "known_address", "/auth/sign-in", {}, {}
    token = mail_tokens.make(session, user, Purpose.VERIFY, user.email)
    return "sign_up", "/auth/verify", {"token": token}, {}


def _magic_link(session: Session, mail: Mail) -> Parts | None:
    return _opening(session, mail, Purpose.MAGIC_LINK, "/auth/magic-link/use")


def _reset(session: Session, mail: Mail) -> Parts | None:
    return _opening(session, mail, Purpose.RESET, "/auth/password/reset")


def _opening(session: Session, mail: Mail, purpose: Purpose, path: str) -> Parts | None:
    user = people.find(session, mail.address)
    if user is None:
        return None
    return purpose, path, {"token": mail_tokens.make(session, user, purpose, user.email)}, {}


def _invitation(session: Session, mail: Mail) -> Parts | None:
    row = session.get(Invitation, mail.about, with_for_update=True)
    if row is None or row.accepted_at is not None:
        return None
    tenant = session.get_one(Tenant, row.tenant_id)
    return "invitation", "/auth/sign-up", {"invitation": invitations.renew(row)}, {"tenant": tenant.name}


def _address(session: Session, mail: Mail) -> Parts | None:
    """To nobody when the address is somebody's."""
    if people.find(session, mail.address) is not None:
        return None
    user = people.account(session, mail.user_id)
    token = mail_tokens.make(session, user, Purpose.ADDRESS, mail.address)
    return "address", "/auth/email/confirm", {"token": token}, {}


def _notice(_: Session, __: Mail) -> Parts | None:
    return "notice", "/auth/sign-in", {}, {}


def _reminder(_: Session, mail: Mail) -> Parts | None:
    return "reminder", "/", {}, {"said": mail.text}


WRITERS: dict[MailKind, Callable[[Session, Mail], Parts | None]] = {
    MailKind.SIGN_UP: _sign_up, MailKind.MAGIC_LINK: _magic_link, MailKind.RESET: _reset,
    MailKind.INVITATION: _invitation, MailKind.ADDRESS: _address, MailKind.NOTICE: _notice,
    MailKind.REMINDER: _reminder,
}  # fmt: skip
