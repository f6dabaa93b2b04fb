"""Writing weekly insights from the command line: the week that ended last, or all that are missing."""

import click
from flask.cli import with_appcontext

from app.cli.errors import told
from app.core.clock import now
from app.db.session import db
from app.weekly import jobs, schedule
from app.weekly.schedule import Due


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
        jobs.ask_for(found, apart=jobs.APART)
    click.echo(f"{len(found)} weeks {'would be' if dry_run else 'will be'} written.", err=True)


def _missing(weeks: int, everybody: bool, tenant: str | None, user: str | None) -> list[Due]:
    moment = now()
    with db.read() as session:
        people = list(schedule.people(session, everybody=everybody, tenant=tenant, user=user))
        return [
            due for person, zone in people for due in schedule.missing(session, person, zone, moment, weeks)
        ]  # fmt: skip
