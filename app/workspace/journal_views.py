"""The journal over HTTP, as the journal document has it."""

from flask import request

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.db.pages import Page
from app.db.session import db
from app.web.blueprints import Blueprint
from app.web.documents import errors, zoned
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


@blp.route("", methods=["POST"])
@bearer
@blp.arguments(schemas.EntryIn)
@blp.response(201, schemas.EntryOut)
@errors(blp, 400, 401, 404)
def create_entry(principal: Principal, body: EntryFields) -> JournalEntry:
    """Write a journal entry

    It may carry its own date, and name the goals that it is about.
    """
    with db.begin() as session:
        return journal.create(session, principal, body)


@blp.route("", methods=["GET"])
@bearer
@blp.arguments(schemas.EntriesQuery, location="query")
@blp.response(200, schemas.EntriesOut)
@errors(blp, 400, 401)
def list_entries(principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """List journal entries, the latest date first

    A page at a time: `nextCursor` is the `cursor` of the next page, and null at the end.
    """
    with db.read() as session:
        return journal.list_entries(session, principal, query)


@blp.route("/recent", methods=["GET"])
@bearer
@blp.arguments(schemas.RecentQuery, location="query")
@blp.response(200, schemas.RecentEntriesOut)
@errors(blp, 400, 401)
def recent_entries(principal: Principal, query: EntryQuery) -> Page[JournalEntry]:
    """List the latest journal entries"""
    with db.read() as session:
        return journal.list_entries(session, principal, query)


@blp.route("/search", methods=["GET"])
@bearer
@blp.arguments(schemas.EntrySearchQuery, location="query")
@blp.response(200, schemas.FoundEntriesOut)
@errors(blp, 400, 401)
def search_entries(principal: Principal, query: schemas.EntrySearch) -> FoundEntries:
    """Find journal entries

    What holds the words as typed (title, tags, text), then what the index finds for them.
    """
    with db.read() as session:
        return journal_search.search(session, principal, query["q"], query["limit"])


@blp.route("/moods", methods=["GET"])
@bearer
@blp.arguments(schemas.MoodsQuery, location="query")
@blp.response(200, schemas.MoodsOut)
@errors(blp, 400, 401)
@zoned(blp)
def read_moods(principal: Principal, query: dict[str, int]) -> Moods:
    """Get the moods of the last weeks, day by day

    Weeks run from Saturday to Friday; the current one comes last. The average is on a scale from 1 to 5.
    """
    with db.read() as session:
        return moods.recent(session, principal, query["weeks"], request.headers.get("X-Timezone"))


@blp.route("/grouped", methods=["GET"])
@bearer
@blp.arguments(schemas.GroupedQuery, location="query")
@blp.response(200, schemas.GroupedEntriesOut)
@errors(blp, 400, 401)
def grouped_entries(principal: Principal, query: EntryQuery) -> EntriesByDay:
    """List journal entries by their day (UTC)"""
    with db.read() as session:
        return journal.list_by_day(session, principal, query)


@blp.route("/<entry_id>", methods=["GET"])
@bearer
@blp.response(200, schemas.EntryOut)
@errors(blp, 401, 404)
def read_entry(principal: Principal, entry_id: str) -> JournalEntry:
    """Get a journal entry with the goals that it is about"""
    with db.read() as session:
        return find_entry(session, principal, entry_id)


@blp.route("/<entry_id>", methods=["PUT", "PATCH"])
@bearer
@blp.arguments(schemas.EntryChangeIn)
@blp.response(200, schemas.EntryOut)
@errors(blp, 400, 401, 404)
def update_entry(principal: Principal, body: EntryFields, entry_id: str) -> JournalEntry:
    """Change a journal entry; what is not named stays as it is"""
    with db.begin() as session:
        return journal.update(session, principal, entry_id, body)


@blp.route("/<entry_id>", methods=["DELETE"])
@bearer
@blp.response(200, RemovedOut)
@errors(blp, 401, 404)
def delete_entry(principal: Principal, entry_id: str) -> Envelope:
    """Delete a journal entry with its links"""
    with db.begin() as session:
        journal.remove(session, principal, entry_id)
    return removed("Journal entry", entry_id)


@blp.route("/<entry_id>/goals", methods=["GET"])
@bearer
@blp.response(200, goal_schemas.LinkedGoalsOut)
@errors(blp, 401, 404)
def entry_goals(principal: Principal, entry_id: str) -> LinkedGoals:
    """List the goals that a journal entry is about"""
    with db.read() as session:
        return links.list_goals(session, principal, entry_id)
