"""Reading an import's file, batch by batch. Each is stored with the place that it ends at, in one transaction."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from typing import IO, cast

import gevent
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.core.clock import now
from app.core.weeks import exists
from app.db.ownership import owner_columns
from app.db.session import Database
from app.imports import service, store
from app.imports.dates import Calendar
from app.imports.files import opened
from app.imports.items import ImportedEntry, Item, Skipped, Unreadable, fitted
from app.imports.models import Format, Import, ImportSkip, Status
from app.imports.recognition import READERS, format_of
from app.imports.restored import Target
from app.imports.store import Batch, Stored
from app.imports.uploads import stored_file

BATCH = 200  # items in one transaction
WEIGHT = 10  # of a file of an entry, in items: it may have megabytes
TELL_EVERY = 1.0  # seconds
UNKNOWN = "The file is none of the formats that can be imported"
NOTHING = "There is nothing in the file that this format has"
ZONES = text("SELECT name FROM pg_timezone_names")


class Ended(Exception):
    """The import was called off, or another worker goes on with it."""


@dataclass(frozen=True, slots=True)
class Begun:
    principal: Principal
    import_id: str
    format: Format | None
    name: str
    size: int
    position: int


def run(db: Database, import_id: str) -> None:
    """Safe to begin again wherever it was stopped. A file that can't be read leaves nothing behind."""
    begun = _begin(db, import_id)
    if begun is None:
        return
    try:
        with ExitStack() as stack:
            _Run(db, begun, stack).go()
    except Ended:
        if _is_over(db, import_id):
            service.take_back(db, begun.principal, import_id)
    except Unreadable as error:
        give_up(db, import_id, error.text)


def give_up(db: Database, import_id: str, error: str) -> None:
    with db.begin() as session:
        row = service.fail(session, import_id, error)
        principal = Principal(row.user_id, row.tenant_id) if row else None
    if principal:
        service.take_back(db, principal, import_id)


def _begin(db: Database, import_id: str) -> Begun | None:
    its = Import.id == import_id, Import.status.in_([Status.QUEUED, Status.RUNNING])
    with db.begin() as session:
        session.execute(update(Import).where(*its).values(status=Status.RUNNING, updated_at=now()))
        row = session.scalar(select(Import).where(*its))
        if row is None:
            return None
        principal = Principal(row.user_id, row.tenant_id)
        wanted = Format(row.format) if row.format else None
        return Begun(principal, row.id, wanted, row.file_name, row.size, row.position)


def _is_over(db: Database, import_id: str) -> bool:
    over = Import.id == import_id, Import.status.in_([Status.CANCELLED, Status.FAILED])
    with db.read() as session:
        return session.scalar(select(Import.id).where(*over)) is not None


class _Run:
    def __init__(self, db: Database, begun: Begun, stack: ExitStack) -> None:
        self._db, self._begun = db, begun
        stored = cast(IO[bytes], stored_file(db, begun.import_id, begun.size))
        self._files = opened(stored, begun.name, begun.size, stack)
        found = begun.format or format_of(self._files)
        if found is None:
            raise Unreadable(UNKNOWN)
        self._format = found
        self._target = Target(begun.principal, begun.import_id, found)
        self._position, self._told_at = begun.position, 0.0

    def go(self) -> None:
        items = self._items()
        if self._position:
            next(islice(items, self._position - 1, None), None)  # what is stored already
        for batch in self._batches(items):
            self._store(batch)
        if not self._position and self._format is not Format.COACHHOUSE:
            raise Unreadable(NOTHING)
        with self._db.begin() as session:
            service.complete(session, self._locked(session))

    def _batches(self, items: Iterator[Item]) -> Iterator[Batch]:
        """Care looks at the next one while one is stored."""
        looking: list[gevent.Greenlet] = []
        while some := _some(items):
            looking.append(gevent.spawn(store.assessed, self._db, self._begun.principal, some))
            if len(looking) > 1:
                yield looking.pop(0).get()
        for last in looking:
            yield last.get()

    def _items(self) -> Iterator[Item]:
        """The same ones each time that the file is read."""
        for item in READERS[self._format](self._files, self._calendar()):
            gevent.sleep(0)
            yield from fitted(item)
        for name in self._files.unused:
            yield Skipped(name, "no entry refers to it, and it is none")

    def _calendar(self) -> Calendar:
        with self._db.read() as session:
            zones = frozenset(name for name in session.scalars(ZONES) if exists(name))
            return Calendar(settings.time_zone(session, self._begun.principal), zones)

    def _store(self, batch: Batch) -> None:
        with self._db.begin() as session:
            row = self._locked(session)
            stored = store.store(session, self._target, batch, self._files)
            self._note(session, row, stored)
            row.position = self._position = self._position + len(batch.items)
            self._tell(session, row)

    def _locked(self, session: Session) -> Import:
        """Raises ``Ended`` unless it stands where this worker left it."""
        its = Import.id == self._begun.import_id, Import.status == Status.RUNNING, Import.position == self._position
        row = session.scalar(select(Import).where(*its).with_for_update())
        if row is None:
            raise Ended
        return row

    def _note(self, session: Session, row: Import, stored: Stored) -> None:
        owner, begin = owner_columns(self._begun.principal), row.skipped
        skips = [
            {**owner, "import_id": row.id, "place": place, "item": skip.item[:500], "reason": skip.reason[:500]}
            for place, skip in enumerate(stored.skips, begin)
        ]  # fmt: skip
        if skips:
            session.execute(insert(ImportSkip), skips)
        row.entries += stored.entries
        row.goals += stored.goals
        row.attachments += stored.attachments
        row.duplicates += stored.duplicates
        row.skipped += len(skips)

    def _tell(self, session: Session, row: Import) -> None:
        row.format, row.updated_at = self._format, now()
        row.progress = max(row.progress, round(min(self._files.progress, 0.99), 4))
        if time.monotonic() - self._told_at >= TELL_EVERY:
            self._told_at = time.monotonic()
            service.tell(session, row, "import.progress")


def _some(items: Iterator[Item]) -> list[Item]:
    """The next batch: nobody waits long for a transaction to end."""
    some, weight = list[Item](), 0
    while weight < BATCH and (item := next(items, None)):
        some.append(item)
        weight += 1 + WEIGHT * len(item.attachments) if isinstance(item, ImportedEntry) else 1
    return some
