"""Actions on what a team has in hand: its actions and issues, by the functions that REST calls."""

from functools import partial

from app.actions.snapshots import Rows, Scope
from app.actions.work import Fields, Work
from app.core.json import JSONObject
from app.workspace.records import service
from app.workspace.records.collections import KINDS
from app.workspace.records.models import Collection, Record


def _create(collection: Collection, work: Work, given: Fields) -> str:
    return str(service.create(work.session, work.principal, KINDS[collection], given)["id"])


def _rows(collection: Collection, _: Fields, row_id: str | None) -> Scope:
    return (Rows(Record, {"collection": collection, "id": row_id}),) if row_id else ()


def _show(collection: Collection, work: Work, _: Fields, row_id: str) -> JSONObject:
    return service.read(work.session, work.principal, KINDS[collection], row_id)


create_action, create_issue = partial(_create, Collection.ACTIONS), partial(_create, Collection.ISSUES)
action, issue = partial(_rows, Collection.ACTIONS), partial(_rows, Collection.ISSUES)
show_action, show_issue = partial(_show, Collection.ACTIONS), partial(_show, Collection.ISSUES)
