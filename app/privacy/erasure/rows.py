"""What is in the database of a person: taken out in small steps, each of which counts what it did."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Delete,
    Table,
    Update,
    delete,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from app.auth.models import AuditEntry
from app.db.privacy import Declaration, Name, OfPerson, PartOf
from app.db.session import Database
from app.privacy.erasure import documents
from app.privacy.erasure.documents import Known
from app.privacy.erasure.models import Erasure
from app.privacy.registry import Scope, declarations, erased, left_rows, rows_of
from app.workspace.models import Goal
from app.workspace.records.models import Record

LONG = text("SET LOCAL statement_timeout = '2min'")  # not every table has an index by person
AT_ONCE = 500  # rows of one transaction: nobody waits long for them


def remove_all(db: Database, erasure: Erasure) -> int:
    """How many rows went."""
    return sum(
        _in_steps(db, erasure, delete(table), table, rows)
        for table, rows in erased(erasure.tenant_id, erasure.person)
    )  # fmt: skip


def take_names_out(db: Database, erasure: Erasure) -> int:
    """Of rows that stay; how many. Last of the log that tells where else the person has worked."""
    tables = sorted(declarations().items(), key=lambda one: one[0] is AuditEntry.__table__)
    left = sum(_leave(db, erasure, table, said) for table, said in tables if isinstance(said, OfPerson))
    return left + sum(_unname(db, erasure, table, said) for table, said in tables if said.names)


def _leave(db: Database, erasure: Erasure, table: Table, said: OfPerson) -> int:
    """To the team, with nobody's name on it."""
    scope = Scope(erasure.tenant_id, erasure.person)
    its, left = rows_of(table, scope), left_rows(table, scope)
    if said.left is None or its is None or left is None:
        return 0
    unowned = update(table).values({"user_id": "", **dict.fromkeys(said.left.emptied)})
    return _in_steps(db, erasure, unowned, table, its & left)


def _unname(db: Database, erasure: Erasure, table: Table, said: Declaration) -> int:
    if not isinstance(said, OfPerson) or not said.kept:
        return sum(_take_out(db, erasure, table, name) for name in said.name_columns)
    rows = rows_of(table, Scope(erasure.tenant_id, erasure.person))
    assert rows is not None
    emptied = update(table).values(dict.fromkeys((name.column for name in said.name_columns), ""))
    return _in_steps(db, erasure, emptied, table, rows)


def _take_out(db: Database, erasure: Erasure, table: Table, name: Name) -> int:
    """The audit log may have a role behind an id."""
    column = table.c[name.column]
    if column is Record.__table__.c.document:
        return _take_out_of_documents(db, erasure)
    known = _where_known(table, name, erasure)
    named = or_(column == erasure.person, column.startswith(f"{erasure.person} (", autoescape=True))
    emptied = update(table).values(dict.fromkeys((name.column, *name.beside), ""))
    return _in_steps(db, erasure, emptied, table, named if known is None else named & known)


def _take_out_of_documents(db: Database, erasure: Erasure) -> int:
    """Goals first: the list of people comes last."""
    known, keys = documents.find(db, erasure)
    total = _take_out_of_goals(db, erasure, known)
    for at in range(0, len(keys), AT_ONCE):
        with db.begin() as session:
            changed = documents.take_names_out(session, erasure, known, keys[at : at + AT_ONCE])
            count(session, erasure.id, Record.__tablename__, changed, are_gone=False)
        total += changed
    return total


def _take_out_of_goals(db: Database, erasure: Erasure, known: Known) -> int:
    """What a business goal says of people is as in other documents."""
    ids = documents.find_goals(db, erasure, known)
    total = 0
    for at in range(0, len(ids), AT_ONCE):
        with db.begin() as session:
            changed = documents.take_names_out_of_goals(session, erasure, known, ids[at : at + AT_ONCE])
            count(session, erasure.id, Goal.__tablename__, changed, are_gone=False)
        total += changed
    return total


def _where_known(table: Table, name: Name, erasure: Erasure) -> ColumnElement[bool] | None:
    """In their own tenant, and where they have worked for another; what is of no tenant is the operators'."""
    if name.tenant not in table.c:
        return None
    tenant = table.c[name.tenant]
    if table is AuditEntry.__table__:
        return tenant == erasure.tenant_id
    by_them = AuditEntry.actor == erasure.person, AuditEntry.actor_tenant_id == erasure.tenant_id
    return (tenant == erasure.tenant_id) | tenant.in_(select(AuditEntry.tenant_id).where(*by_them))


def _in_steps(
    db: Database, erasure: Erasure, change: Delete | Update, table: Table, rows: ColumnElement[bool]
) -> int:  # fmt: skip
    """A change after which its rows are found no more. Each step is a transaction, and counted in it."""
    key: tuple[Column[Any], ...] = tuple(table.primary_key)
    some = change.where(tuple_(*key).in_(select(*key).where(rows).limit(AT_ONCE).correlate(None)))
    total, last = 0, AT_ONCE
    while last == AT_ONCE:
        with db.begin() as session:
            session.execute(LONG)
            _hold_wholes(session, erasure, table)
            done = session.execute(some.execution_options(synchronize_session=False))
            last = done.rowcount if isinstance(done, CursorResult) else 0
            count(session, erasure.id, table.name, last, are_gone=isinstance(change, Delete))
        total += last
    return total


def _hold_wholes(session: Session, erasure: Erasure, table: Table) -> None:
    """Conversations before what was said in them, in order: as retention does, and whoever deletes one."""
    said = declarations()[table]
    if not isinstance(said, PartOf):
        return
    key = next(iter(table.c[said.by].foreign_keys)).column
    rows = rows_of(key.table, Scope(erasure.tenant_id, erasure.person))
    if rows is not None:
        session.execute(select(key).where(rows).order_by(key).with_for_update())


def count(session: Session, erasure_id: str, table: str, rows: int, *, are_gone: bool) -> None:
    """Adds to the receipt."""
    if rows:
        receipt = session.get_one(Erasure, erasure_id, with_for_update=True)
        before = receipt.counts if are_gone else receipt.unnamed
        after = {**before, table: before.get(table, 0) + rows}
        receipt.counts, receipt.unnamed = (after, receipt.unnamed) if are_gone else (receipt.counts, after)
