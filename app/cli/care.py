"""What care has found, from the command line."""

from datetime import datetime
from typing import Literal

import click
from flask.cli import with_appcontext

from app.care import report
from app.care.report import Period
from app.cli.failures import told
from app.core.json import to_json
from app.db.session import db

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("care-report")
@click.option("--from", "first", type=DAY, help="The first day (UTC). Default: the first of January.")
@click.option("--to", "last", type=DAY, help="The last day, still in it. Default: today.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json")
@click.option("--csv", "form", flag_value="csv", help="The same as --format csv.")
@with_appcontext
@told
def care_report(first: datetime | None, last: datetime | None, form: Literal["json", "csv"]) -> None:
    """Print how often somebody was in danger, by month, level, category, language and path."""
    with db.read() as session:
        found = report.counted(session, Period.of(first and first.date(), last and last.date()))
    click.echo(report.csv_of(found) if form == "csv" else to_json(found), nl=form == "json")
