"""API keys, from the command line."""

import click
from flask.cli import AppGroup

from app.auth import api_keys, audit
from app.auth.api_keys import Terms
from app.auth.audit import Command
from app.auth.models import ApiKey
from app.auth.principals import Scope
from app.cli.failures import told
from app.cli.moments import Moment
from app.core.clock import iso
from app.db.session import db

keys = AppGroup("api-key", help="Make, list and revoke API keys.")


@keys.command("create")
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@click.option(
    "--allow", multiple=True, help="Host, .domain, host:port, address, network or *; repeatable. None: anywhere."
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="Repeatable. None: all of them.",
)
@click.option("--origin", "origins", multiple=True, help="A page's origin, such as https://app.example; repeatable.")
@click.option("--host", "hosts", multiple=True, help="A name of this service; repeatable.")
@click.option("--network", "networks", multiple=True, help="A client's address or network; repeatable.")
@click.option("--rate", help="Requests, such as '60 per minute'. None: unlimited.")
@click.option("--expires", "expires_at", type=Moment(1), help="A date, a time, or a span such as 90d. None: never.")
@told
def create_key(tenant: str, name: str, allow: tuple[str, ...], **terms: object) -> None:
    """Print a new key. It is shown this once.

    Each list that is given must be met: a page's origin by --origin, whatever its --host and --network. The entries of
    --allow are alternatives.
    """
    given = {option: value for option, value in terms.items() if value}
    with audit.recorded(Command.of_this_process(), "api_key.create", name, tenant) as session:
        key = api_keys.create(session, tenant, name, allow, Terms(**given))  # type: ignore[arg-type]
    click.echo(key)


@keys.command("list")
@click.option("--tenant", required=True)
@told
def list_keys(tenant: str) -> None:
    """List the keys that are not revoked, a line each.

    Name, prefix, when it was made, from where it may be used, scopes, rate, when it ends, when it was last used.
    """
    with db.read() as session:
        rows = api_keys.live(session, tenant)
    for row in rows:
        click.echo("\t".join([row.name, row.prefix, iso(row.created_at), _places(row), *_terms(row)]))


@keys.command("revoke")
@click.option("--tenant", required=True)
@click.option("--name", required=True)
@told
def revoke_key(tenant: str, name: str) -> None:
    """Revoke a key; every process refuses it within five seconds."""
    with audit.recorded(Command.of_this_process(), "api_key.revoke", name, tenant) as session:
        api_keys.revoke(session, tenant, name)


def _places(row: ApiKey) -> str:
    typed = {"origin": row.origins, "host": row.hosts, "network": row.networks}
    listed = [*row.allow, *(f"{kind}={entry}" for kind, entries in typed.items() for entry in entries)]
    return ",".join(listed) or "anywhere"


def _terms(row: ApiKey) -> list[str]:
    ends = f"ends {iso(row.expires_at)}" if row.expires_at else "never ends"
    used = f"used {iso(row.last_used_at)}" if row.last_used_at else "never used"
    return [",".join(row.scopes), row.rate or "unlimited", ends, used]
