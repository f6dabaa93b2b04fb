"""Accounts, from the command line."""

import click
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.orm import Session

from app.auth import audit
from app.auth.audit import Command
from app.auth.principals import Role
from app.cli.failures import told
from app.config.settings import Settings
from app.core.clock import now
from app.db.session import db
from app.identity import invitations, mail_tokens, passwords, people, tenants, totp
from app.identity.models import Purpose, Tenant, User
from app.web.container import resolve

users = AppGroup("user", help="Make accounts and invite people (with ACCOUNTS=on).")
ROLES = click.Choice([role.value for role in Role])


def _address(_: object, __: object, value: str) -> str:
    address = value.strip().lower()
    if address.count("@") != 1 or not address.isascii() or any(one.isspace() for one in address):
        raise click.BadParameter("must be an e-mail address")
    return address


@users.command("create")
@click.option("--email", required=True, callback=_address)
@click.option("--name", default="")
@click.option("--tenant", help="Which they are in from now on; made if it is not there. None: alone.")
@click.option("--role", type=ROLES, default=Role.MEMBER.value, help="In the tenant.")
@click.option("--password", help="None: a link to choose one is printed.")
@with_appcontext
@told
def create(email: str, name: str, tenant: str | None, role: str, password: str | None) -> None:
    """Make an account, or give one that is there a place in a tenant.

    Prints what the person needs: a link to choose a password, and for an operator the address of the authenticator app.
    """
    if role == Role.OPERATOR and not tenant:
        raise click.UsageError("An operator needs a --tenant.")
    if password:
        passwords.check_strength(password, email)
    password_hash = passwords.hashed(password) if password else None
    with db.begin() as session:
        user = people.make(session, email, name, password_hash)
        _set(session, user, password_hash, tenant, Role(role))
        audit.record(session, Command.of_this_process(), "user.create", f"{user.user_id} ({role})", tenant)
        lines = _needed(session, user)
    click.echo("\n".join(lines or [user.user_id]))


@users.command("invite")
@click.option("--email", required=True, callback=_address)
@click.option("--tenant", required=True, help="Made if it is not there.")
@click.option("--role", type=ROLES, default=Role.MEMBER.value)
@with_appcontext
@told
def invite(email: str, tenant: str, role: str) -> None:
    """Mail an invitation into a tenant."""
    if role == Role.OPERATOR:
        raise click.UsageError("Operators are made by `flask user create`.")
    by = Command.of_this_process()
    with db.begin() as session:
        if session.get(Tenant, tenant) is None:
            session.add(Tenant(tenant_id=tenant, name=tenant, created_by=by.user, created_at=now()))
            session.flush()
        invitations.invite(session, by, tenant, email, Role(role), by.user)
    click.echo(f"{email} is invited to {tenant}; the link is mailed.", err=True)


@users.command("reset-app")
@click.option("--email", required=True, callback=_address)
@with_appcontext
@told
def reset_app(email: str) -> None:
    """Give somebody a new authenticator app: what it is set up with is printed. All devices are signed out."""
    with db.begin() as session:
        user = people.find(session, email)
        if user is None:
            raise click.ClickException("Nobody has this address.")
        people.sign_out_everywhere(session, user)
        audit.record(session, Command.of_this_process(), "user.reset_app", user.user_id, user.tenant_id)
        printed = _new_app(user)
    click.echo(printed)


def _new_app(user: User) -> str:
    user.totp_confirmed_at = None
    totp.propose(user)
    user.totp_confirmed_at = now()
    return totp.uri(user)


def _set(session: Session, user: User, password_hash: str | None, tenant: str | None, role: Role) -> None:
    if password_hash:
        user.password_hash = password_hash
    if tenant:
        tenants.enrol(session, tenant, user, role)


def _needed(session: Session, user: User) -> list[str]:
    lines = []
    if user.password_hash is None:
        token = mail_tokens.make(session, user, Purpose.RESET, user.email)
        lines.append(f"{resolve(Settings).accounts.public_url}/auth/password/reset?token={token}")
    if people.is_operator(session, user) and user.totp_confirmed_at is None:
        lines.append(_new_app(user))
    return lines
