"""Sign-ins of people who have an account here: what opens one, and how it ends.

Refresh tokens, cookies and what forms are proven by are signed; none is stored.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import revocations
from app.auth.models import SignIn, SignInKind
from app.auth.principals import Principal, Role
from app.auth.signed_links import SignedLinks
from app.auth.tokens import Pass, Profile
from app.core.clock import now
from app.core.errors import Forbidden, Unauthorized
from app.db.session import Database

COOKIE = "__Host-session"
LASTS = timedelta(days=30)  # a cookie; a refresh token that nobody uses
REFUSED = "Sign in again"


class FormRefused(Forbidden):
    code, text = "CSRF_REFUSED", "X-CSRF-Token is missing or not that of this session"


class SignIns:
    """One per process. Of what it gives out it keeps nothing."""

    def __init__(self, database: Database, links: SignedLinks) -> None:
        self._database = database
        self._links = links

    def refresh_token(self, row: SignIn) -> str:
        until = _seconds(row.expires_at)
        return f"{row.id}.{row.generation}.{until}.{self._links.sign(_refresh(row.generation), row.salt, until)}"

    def cookie(self, row: SignIn) -> str:
        return f"{row.id}.{self._links.sign('cookie', row.salt, _seconds(row.expires_at))}"

    def csrf_token(self, row: SignIn) -> str:
        return self._links.sign("csrf", row.salt, _seconds(row.expires_at))

    def check_form(self, row: SignIn, given: str) -> None:
        """Raises ``FormRefused``."""
        if not self._links.permit("csrf", row.salt, _seconds(row.expires_at), given):
            raise FormRefused

    def opened_by(self, cookie: str) -> SignIn:
        """Raises ``Unauthorized``."""
        signature = cookie.partition(".")[2]
        with self._database.read() as session:
            row = session.get(SignIn, id_in(cookie))
        if row is None or row.kind != SignInKind.COOKIE or row.ended_at is not None:
            raise Unauthorized(REFUSED)
        if not self._links.permit("cookie", row.salt, _seconds(row.expires_at), signature):
            raise Unauthorized(REFUSED)
        return row

    def family_of(self, session: Session, refresh_token: str) -> tuple[SignIn, bool]:
        """The row, locked, and whether this is its newest token. Raises ``Unauthorized`` for what never was one."""
        _, generation, until, signature = (*refresh_token.split("."), "", "", "")[:4]
        its = SignIn.id == id_in(refresh_token), SignIn.kind == SignInKind.TOKENS
        query = select(SignIn).where(*its).with_for_update()
        row = session.scalars(query).one_or_none()
        if row is None or row.ended_at is not None or not _are_digits(generation, until):
            raise Unauthorized(REFUSED)
        if not self._links.permit(_refresh(int(generation)), row.salt, int(until), signature):
            raise Unauthorized(REFUSED)
        return row, int(generation) == row.generation


def id_in(token: str) -> str:
    """The sign-in that a refresh token or cookie says it is of; nothing has been checked."""
    return token.partition(".")[0]


def begin(session: Session, person: Principal, kind: SignInKind) -> SignIn:
    """Always a new one: what a browser brought along is worth nothing."""
    row = SignIn(
        tenant_id=person.tenant_id, user_id=person.user_id, role=person.role, kind=kind,
        salt=secrets.token_urlsafe(32), expires_at=now() + LASTS,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def turn(row: SignIn, person: Principal) -> None:
    """The next refresh token of a family; who uses the one before has stolen it, or was stolen from."""
    row.generation += 1
    row.tenant_id, row.role = person.tenant_id, person.role
    row.used_at, row.expires_at = now(), now() + LASTS


def end(session: Session, row: SignIn) -> None:
    """With all access tokens that it has given out, everywhere within seconds."""
    row.ended_at = row.ended_at or now()
    revocations.revoke_token(session, row.tenant_id, row.id)


def pass_of(row: SignIn) -> Pass:
    principal = Principal(row.user_id, row.tenant_id, Role(row.role))
    until, began = row.expires_at.timestamp(), row.created_at.timestamp()
    return Pass(principal, until, Profile(), began, sign_in_id=row.id)


def _refresh(generation: int) -> str:
    return f"refresh {generation}"


def _are_digits(*texts: str) -> bool:
    return all(text.isascii() and text.isdigit() and len(text) <= 12 for text in texts)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
