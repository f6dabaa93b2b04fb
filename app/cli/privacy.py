"""All of a person as a file, and all of a person gone, from the command line."""

from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import with_appcontext

from app.auth import audit
from app.auth.audit import Command
from app.cli.failures import told
from app.config.settings import Settings
from app.core.clock import now
from app.core.json import to_json
from app.db.session import db
from app.privacy.erasure import log_file, replay, run, schemas, service
from app.privacy.erasure.models import AskedBy, Erasure
from app.privacy.exports import archive
from app.privacy.registry import Scope
from app.web.container import resolve


@click.command("export")
@click.option("--tenant", required=True, help="The tenant's id.")
@click.option("--user", required=True, help="The person's id.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write.")
@with_appcontext
@told
def export(tenant: str, user: str, out: Path) -> None:
    """Write all of a person to a zip; print how many rows of each table it has."""
    if out.exists() and not out.is_file():
        raise click.UsageError("--out must be a file.")
    part = out.with_name(f"{out.name}.part")
    audit.note(Command.of_this_process(), "export.write", "", tenant)
    part.touch(mode=0o600)
    try:
        with part.open("w+b") as file:
            counts = archive.write(db, Scope(tenant, user), file, now())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    click.echo(to_json(counts))


@click.command("erase")
@click.option("--tenant", help="The tenant's id.")
@click.option("--user", help="The person's id.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--replay", "log", type=click.File("rb"), help="Erase again whom this log has: after a restore.")
@with_appcontext
@told
def erase(tenant: str | None, user: str | None, yes: bool, log: BinaryIO | None) -> None:
    """Erase all of a person, at once; print the receipt. With --replay, everybody whom a log says was erased."""
    if log is not None:
        _replay(log)
        return
    if tenant is None or user is None:
        raise click.UsageError("Give --tenant and --user, or --replay.")
    if not yes:
        click.confirm(f"All of {user} in {tenant} will be gone for ever. Go on?", abort=True, err=True)
    with db.begin() as session:
        planned = service.plan(session, tenant, user, AskedBy.COMMAND)
        audit.record(session, Command.of_this_process(), "erasure.create", planned.id, tenant)
    _erase(planned.id)


@click.command("erasures")
@with_appcontext
@told
def erasures() -> None:
    """Print the log of erasures, a line of JSON for each: keep it with the backups."""
    with db.read() as session:
        for line in replay.lines(session):
            click.echo(log_file.encoded(line), nl=False)


def _replay(log: BinaryIO) -> None:
    for erasure_id in replay.missing(db, log_file.read(log)):
        _erase(erasure_id)


def _erase(erasure_id: str) -> None:
    run.run(db, erasure_id, resolve(Settings).data_dir)
    with db.read() as session:
        click.echo(to_json(schemas.ReceiptOut().dump(session.get_one(Erasure, erasure_id))))
