"""The operator's commands. Each prints what was asked for and nothing else; a mistake is one sentence."""

from contextlib import suppress
from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app.auth import audit
from app.auth.audit import Command
from app.auth.principals import Role
from app.auth.tokens import Tokens
from app.cli import demo
from app.cli.care import care_report
from app.cli.failures import told
from app.cli.keys import keys
from app.cli.people import users
from app.cli.privacy import erase, erasures, export
from app.cli.retention import retention
from app.cli.revocation import revoke
from app.config.settings import Settings
from app.console import demo_person
from app.core.clock import now
from app.db.rows import each
from app.db.session import db
from app.web.container import resolve
from app.webhooks import secrets
from app.weekly import jobs, schedule
from app.weekly.schedule import Due

hooks = AppGroup("webhook-secret", help="Change what a tenant checks webhooks with.")


def install(app: Flask) -> None:
    app.cli.add_command(token)
    app.cli.add_command(seed)
    app.cli.add_command(keys)
    app.cli.add_command(users)
    app.cli.add_command(hooks)
    app.cli.add_command(revoke)
    app.cli.add_command(weekly_insights)
    app.cli.add_command(care_report)
    for command in (retention, export, erase, erasures):
        app.cli.add_command(command)


@click.command("token")
@click.option("--user", required=True, help="The person's id.")
@click.option("--tenant", required=True, help="The tenant's id.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.MEMBER.value)
@click.option("--ttl", type=click.IntRange(1, 10 * 365 * 86400), default=86400, help="Seconds that it is valid.")
@with_appcontext
@told
def token(user: str, tenant: str, role: str, ttl: int) -> None:
    """Print a bearer token."""
    if resolve(Settings).auth.jwks_url:
        raise click.ClickException("Tokens come from your identity provider: AUTH_JWKS_URL is set.")
    made = resolve(Tokens).mint(user, tenant, role, ttl)
    with suppress(SQLAlchemyError):  # who runs this holds the secret, and may need a token while the database is away
        audit.note(Command.of_this_process(), "token.mint", f"{user} ({role})", tenant)
    click.echo(made)


@click.command("demo")
@with_appcontext
@told
def seed() -> None:
    """Fill the demo tenant; safe to repeat."""
    audit.note(Command.of_this_process(), "demo.seed", "", demo_person.TENANT)
    click.echo(demo.seed())
    click.echo(f"Tenant {demo_person.TENANT} is ready: sign in as {demo_person.USER}.", err=True)


@hooks.command("rotate")
@click.option("--tenant", required=True)
@click.option("--overlap-hours", type=click.IntRange(0, 168), default=24, help="How long the old one goes on.")
@told
def rotate_webhook_secret(tenant: str, overlap_hours: int) -> None:
    """Print a new webhook secret. It is shown this once."""
    with audit.recorded(Command.of_this_process(), "webhook_secret.rotate", "", tenant) as session:
        made = secrets.rotate(session, tenant, timedelta(hours=overlap_hours))
    click.echo(made["secret"])


@click.command("weekly-insights")
@click.option("--backfill", is_flag=True, help="All finished weeks that are missing, not only the last one.")
@click.option("--weeks", type=click.IntRange(1, 520), default=52, help="How far back a backfill looks.")
@click.option("--all-users", is_flag=True, help="Everybody who keeps a journal, not only those who asked for it.")
@click.option("--tenant", help="Only this tenant.")
@click.option("--user", help="Only this person, whether or not they asked for it.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
@with_appcontext
@told
def weekly_insights(
    backfill: bool, weeks: int, all_users: bool, tenant: str | None, user: str | None, dry_run: bool
) -> None:
    """Have missing weekly insights written by the workers, one line for each.

    A line is the tenant, the person, the Saturday that the week began on, and its number of entries. The current week
    is never touched. To repeat the command is safe.
    """
    found = _missing(weeks if backfill else 1, all_users, tenant, user)
    for due in found:
        owner = due.principal
        click.echo(f"{owner.tenant_id}\t{owner.user_id}\t{due.week.of.isoformat()}\t{due.entries}")
    if not dry_run:
        audit.note(Command.of_this_process(), "weekly_insights.ask", f"{len(found)} weeks", tenant)
        jobs.ask_for(found, apart=jobs.APART)
    click.echo(f"{len(found)} weeks {'would be' if dry_run else 'will be'} written.", err=True)


def _missing(weeks: int, everybody: bool, tenant: str | None, user: str | None) -> list[Due]:
    moment = now()
    with db.read() as session:
        people = list(schedule.people(session, everybody=everybody, tenant=tenant, user=user))
        found: list[Due] = []
        each("weekly-insights", people, lambda one: found.extend(schedule.missing(session, *one, moment, weeks)))
    return found
