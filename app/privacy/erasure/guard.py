"""The door behind a person: while it is closed the database refuses new rows of theirs, whoever wants to write them.

Work that began before an erasure may end after it, in any process: a trigger on each table with rows of people sees to
it that nothing comes back. What is kept without names is stored without.
"""

from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.orm import Session

from app.db.privacy import OfPerson, OfTeam
from app.db.statements import Statement
from app.privacy.registry import declarations

NAME = "guard_erased"
# The functions of migration 0035; by name, for a database that is of an older version.
ARE_THERE = text("SELECT to_regproc('refuse_erased') IS NOT NULL")
GUARDED = text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = :name")
LOCKS = 1701995891
HOLD = Statement(
    f"SELECT pg_advisory_xact_lock({LOCKS}, bucket) FROM (SELECT DISTINCT hashtext(whose) & 255 AS bucket"  # noqa: S608
    " FROM unnest(CAST(:keys AS text[])) AS whose ORDER BY 1) AS buckets"
)


def function_of(table: Table) -> str | None:
    """What looks at new rows of this table; None where they belong to nobody, or to a row that is looked at."""
    said = declarations()[table]
    if isinstance(said, OfTeam):
        return "refuse_erased_thread" if said.person else None
    if not isinstance(said, OfPerson):
        return None
    return "unname_erased" if said.kept else "refuse_erased_key" if said.key else "refuse_erased"


def install(connection: Connection) -> None:
    """At the end of the migrations: on each table that has none yet."""
    if not connection.scalar(ARE_THERE):
        return
    there = set(inspect(connection).get_table_names())
    guarded = set(connection.scalars(GUARDED, {"name": NAME}))
    for table in declarations():
        function = function_of(table)
        if function and table.name in there - guarded:
            connection.execute(
                text(f"CREATE TRIGGER {NAME} BEFORE INSERT ON {table.name} FOR EACH ROW EXECUTE FUNCTION {function}()")
            )


def hold(session: Session, tenant: str, person: str, key: str) -> None:
    """Waits for transactions that are storing rows of this person; others wait until the caller's is over."""
    HOLD.rows(session, {"keys": [f"{tenant}:{person}", key]})
