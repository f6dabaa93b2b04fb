"""The operator's commands. Each prints what was asked for and nothing else; a mistake is one sentence."""

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from app.auth import api_keys
from app.auth.guards import tokens
from app.auth.principals import Role
from app.cli import demo
from app.cli.errors import told
from app.cli.weekly import weekly_insights
from app.config.settings import Settings
from app.core.clock import iso
from app.db.session import db
from app.web.container import resolve

keys = AppGroup("api-key", help="Make, list and revoke API keys.")


def install(app: Flask) -> None:
    app.cli.add_command(token)
    app.cli.add_command(seed)
    app.cli.add_command(keys)
    app.cli.add_command(weekly_insights)


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
    click.echo(tokens().mint(user, tenant, role, ttl))


@click.command("demo")
@with_appcontext
@told
def seed() -> None:
    """Fill the demo tenant; safe to repeat."""
    click.echo(demo.seed())
    click.echo(f"Tenant {demo.TENANT} is ready: sign in as {demo.USER}.", err=True)


@keys.command("create")
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@click.option(
    "--allow", multiple=True, help="Host, .domain, host:port, address, network or *; repeatable. None: anywhere."
)
@told
def create_key(tenant: str, name: str, allow: tuple[str, ...]) -> None:
    """Print a new key. It is shown this once."""
    with db.begin() as session:
        key = api_keys.create(session, tenant, name, allow)
    click.echo(key)


@keys.command("list")
@click.option("--tenant", required=True)
@told
def list_keys(tenant: str) -> None:
    """List the keys that work: name, prefix, when it was made, where it may be used from."""
    with db.read() as session:
        rows = api_keys.live(session, tenant)
    for row in rows:
        click.echo("\t".join([row.name, row.prefix, iso(row.created_at), ",".join(row.allow) or "anywhere"]))


@keys.command("revoke")
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@told
def revoke_key(tenant: str, name: str) -> None:
    """Revoke a key; every process refuses it within five seconds."""
    with db.begin() as session:
        api_keys.revoke(session, tenant, name)
