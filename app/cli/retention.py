"""Rows that are older than they may be, from the command line."""

import click
from flask.cli import with_appcontext

from app.auth import audit
from app.auth.audit import Command
from app.cli.failures import told
from app.config.settings import Settings
from app.db.session import db
from app.privacy.retention import service, sweep
from app.web.container import resolve


@click.command("retention")
@click.option("--tenant", help="Only this tenant.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@with_appcontext
@told
def retention(tenant: str | None, dry_run: bool) -> None:
    """Remove what is older than it may be, and print how much of each table: its name, and the number of rows.

    Workers do it every hour. Rows that hang on others go with them; only a dry run counts those too.
    """
    with db.read() as session:
        held = service.holdings(session, resolve(Settings).retention, tenant)
        counts = sweep.count(session, held) if dry_run else None
    if counts is None:
        audit.note(Command.of_this_process(), "retention.sweep", "", tenant)
        counts = sweep.sweep(db, held)
    for table, rows in sorted(counts.items()):
        click.echo(f"{table}\t{rows}")
    click.echo(f"{counts.total()} rows {'would go' if dry_run else 'are gone'}.", err=True)
