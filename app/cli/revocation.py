"""Tokens that count no more, from the command line."""

from datetime import datetime

import click
from flask.cli import with_appcontext

from app.auth import audit, revocations
from app.auth.audit import Command
from app.cli.failures import told
from app.cli.moments import Moment


@click.command("revoke")
@click.option("--tenant", required=True, help="The tenant's id.")
@click.option("--user", help="The person whose tokens are revoked.")
@click.option("--jti", help="The id of the one token that is revoked.")
@click.option("--before", type=Moment(-1), help="Tokens issued before: a date, a time, or a span ago. None: now.")
@with_appcontext
@told
def revoke(tenant: str, user: str | None, jti: str | None, before: datetime | None) -> None:
    """Revoke a person's tokens, or one token; every process refuses them within five seconds."""
    if (user is None) == (jti is None):
        raise click.UsageError("Give either --user or --jti.")
    action = "tokens.revoke" if user is not None else "token.revoke"
    with audit.recorded(Command.of_this_process(), action, user or jti or "", tenant) as session:
        if user is not None:
            revocations.revoke_person(session, tenant, user, before)
        else:
            revocations.revoke_token(session, tenant, jti or "")
