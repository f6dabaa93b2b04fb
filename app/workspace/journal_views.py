"""The journal over HTTP, as the journal document has it."""

from flask import request
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.db.pages import Page
from app.web.blueprints import Blueprint
from app.web.documents import zoned
from app.web.operations import Operations
from app.workspace import journal, journal_search, links, moods
from app.workspace.journal import EntriesByDay, EntryFields, EntryQuery
from app.workspace.journal_search import FoundEntries
from app.workspace.links import LinkedGoals
from app.workspace.models import JournalEntry
from app.workspace.moods import Moods
from app.workspace.queries import find_entry
from app.workspace.schemas import goals as goal_schemas
from app.workspace.schemas import journal as schemas
from app.workspace.schemas.lists import Envelope, RemovedOut, removed

blp = Blueprint("journal", __name__, url_prefix="/api/v1/journal", description="What a person writes, by its date")
operation = Operations(blp, sessions=True)


@operation("POST", "", takes=schemas.EntryIn, gives=schemas.EntryOut, status=201, fails=(404,))
def create_entry(session: Session, principal: Principal, body: EntryFields) -> JournalEntry:
    """Write a journal entry

    It may carry its own date, and name the goals that it is about.
    """
    return journal.create(session, principal, body)


@operation("GET", "", takes=schemas.EntriesQuery, gives=schemas.EntriesOut)
def list_entries(session: Session, principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """List journal entries, the latest date first

    A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.
    """
    return journal.list_entries(session, principal, query)


@operation("GET", "/recent", takes=schemas.RecentQuery, gives=schemas.RecentEntriesOut)
def recent_entries(session: Session, principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """List the latest journal entries"""
    return journal.list_entries(session, principal, query)


@operation("GET", "/search", takes=schemas.EntrySearchQuery, gives=schemas.FoundEntriesOut)
def search_entries(session: Session, principal: Principal, query: schemas.EntrySearch) -> FoundEntries:
    """Find journal entries

    What holds the words as typed (title, tags, text), then what the index finds for them.
    """
    return journal_search.search(session, principal, query["q"], query["limit"])


@operation("GET", "/moods", takes=schemas.MoodsQuery, gives=schemas.MoodsOut, notes=[zoned(blp)])
def read_moods(session: Session, principal: Principal, query: dict[str, int]) -> Moods:
    """Get the moods of the last weeks, day by day

    Weeks run from Saturday to Friday; the current one comes last. The average is on a scale from 1 to 5.
    """
    return moods.recent(session, principal, query["weeks"], request.headers.get("X-Timezone"))


@operation("GET", "/grouped", takes=schemas.GroupedQuery, gives=schemas.GroupedEntriesOut)
def grouped_entries(session: Session, principal: Principal, query: EntryQuery) -> EntriesByDay:
    """List journal entries by their day (UTC)"""
    return journal.list_by_day(session, principal, query)


@operation("GET", "/<entry_id>", gives=schemas.EntryOut)
def read_entry(session: Session, principal: Principal, entry_id: str) -> JournalEntry:
    """Get a journal entry with the goals that it is about"""
    return find_entry(session, principal, entry_id)


@operation("PUT PATCH", "/<entry_id>", takes=schemas.EntryChangeIn, gives=schemas.EntryOut)
def update_entry(session: Session, principal: Principal, body: EntryFields, entry_id: str) -> JournalEntry:
    """Change a journal entry; what is not named stays as it is"""
    return journal.update(session, principal, entry_id, body)


@operation("DELETE", "/<entry_id>", gives=RemovedOut)
def delete_entry(session: Session, principal: Principal, entry_id: str) -> Envelope:
    """Delete a journal entry with its links"""
    journal.remove(session, principal, entry_id)
    return removed("Journal entry", entry_id)


@operation("GET", "/<entry_id>/goals", gives=goal_schemas.LinkedGoalsOut)
def entry_goals(session: Session, principal: Principal, entry_id: str) -> LinkedGoals:
    """List the goals that a journal entry is about"""
    return links.list_goals(session, principal, entry_id)
