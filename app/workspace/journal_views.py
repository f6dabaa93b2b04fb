"""The journal over HTTP, as the journal document has it."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.care.service import Care
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import zoned
from app.web.operations import Operations, removal, view_of
from app.workspace import journal, journal_search, links, moods
from app.workspace.journal import EntryFields
from app.workspace.moods import Moods
from app.workspace.queries import find_entry
from app.workspace.schemas import goals as goal_schemas
from app.workspace.schemas import journal as schemas
from app.workspace.schemas.lists import RemovedOut
from app.workspace.writing import FEATURE, FIELDS, Written

blp = Blueprint("journal", __name__, url_prefix="/api/v1/journal", description="What a person writes, by its date")
operation = Operations(blp, OWN, sessions=True, notes=[zoned()])
HEARS = hears(FEATURE, *FIELDS)


@operation("POST", "", takes=schemas.EntryIn, gives=schemas.WrittenOut, status=201, fails=(404,), hears=HEARS)
def write_a_journal_entry(session: Session, principal: Principal, new: EntryFields) -> Written:
    """Write a journal entry

    It may carry its own date, and name the goals that it is about. Nothing is refused because of what it says:
    `safety` tells what was found in it, `resources` who helps.
    """
    return journal.create(session, principal, resolve(Care), new)


operation("GET", "", takes=schemas.EntriesQuery, gives=schemas.EntriesOut)(
    view_of(
        journal.list_entries,
        "List journal entries, the latest date first",
        "A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.",
    )
)
operation("GET", "/recent", takes=schemas.RecentQuery, gives=schemas.RecentEntriesOut)(
    view_of(journal.list_entries, "List the latest journal entries")
)
operation("GET", "/search", takes=schemas.EntrySearchQuery, gives=schemas.FoundEntriesOut)(
    view_of(
        journal_search.search,
        "Find journal entries",
        "What holds the words as typed (title, tags, text), then what the index finds for them.",
    )
)
operation("GET", "/grouped", takes=schemas.GroupedQuery, gives=schemas.GroupedEntriesOut)(
    view_of(journal.list_by_day, "List journal entries by their day")
)
operation("GET", "/<entry_id>", gives=schemas.EntryOut)(
    view_of(find_entry, "Get a journal entry with the goals that it is about")
)


@operation("PUT PATCH", "/<entry_id>", takes=schemas.EntryChangeIn, gives=schemas.WrittenOut, hears=HEARS)
def change_a_journal_entry(session: Session, principal: Principal, changes: EntryFields, entry_id: str) -> Written:
    """Change a journal entry; what is not named stays as it is

    `safety` is of the whole entry.
    """
    return journal.update(session, principal, resolve(Care), entry_id, changes)


operation("DELETE", "/<entry_id>", gives=RemovedOut)(
    view_of(removal("Journal entry", journal.remove), "Delete a journal entry with its links")
)
operation("GET", "/<entry_id>/goals", gives=goal_schemas.LinkedGoalsOut)(
    view_of(links.list_goals, "List the goals that a journal entry is about")
)


@operation("GET", "/moods", takes=schemas.MoodsQuery, gives=schemas.MoodsOut)
def read_moods(session: Session, principal: Principal, query: dict[str, int]) -> Moods:
    """Get the moods of the last weeks, day by day

    Weeks run from Saturday to Friday; the current one comes last. The average is on a scale from 1 to 5.
    """
    return moods.recent(session, principal, query["weeks"])
