"""Actions over HTTP."""

from functools import partial

from app.actions import listing, schemas, service, settings
from app.actions.service import ActionService, Answer
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.web import documents
from app.web.blueprints import Blueprint
from app.web.container import resolve
from app.web.documents import zoned
from app.web.operations import Operations, view_of

blp = Blueprint(
    "actions", __name__, url_prefix="/api/v1/actions", description="What a coach proposes to do for a person"
)
errors = partial(documents.errors, schema=schemas.ActionErrorOut)
reading = Operations(blp, OWN, errors, sessions=True)
moving = Operations(blp, OWN, errors, fails=(400, 403, 404, 409), notes=[zoned()])

reading("GET", "", takes=schemas.ActionsQuery, gives=schemas.ActionsOut)(
    view_of(listing.page, "List what coaches proposed to me, newest first", "With what became of it, and when.")
)
reading("GET", "/settings", gives=schemas.SettingsOut)(view_of(settings.read, "Which kinds of action happen at once"))
reading("PUT PATCH", "/settings", takes=schemas.SettingsIn, gives=schemas.SettingsOut)(
    view_of(settings.change, "Let kinds of action happen at once, or no longer", "Each kind by itself.")
)
reading("GET", "/<action_id>", gives=schemas.ActionOut)(view_of(service.find, "Get an action"))


@moving("POST", "/<action_id>/confirm", gives=schemas.ConfirmedOut, fails=(410,))
def confirm(principal: Principal, action_id: str) -> Answer:
    """Do what was proposed

    Once, however often it is asked for. 409 `ACTION_CONFLICT` when what it is about has changed since it was shown:
    `proposal` is the fresh one. 410 after 24 hours.
    """
    return resolve(ActionService).confirm(principal, action_id)


@moving("POST", "/<action_id>/decline", gives=schemas.MovedOut)
def decline(principal: Principal, action_id: str) -> Answer:
    """Say no to what was proposed"""
    return resolve(ActionService).decline(principal, action_id)


@moving("POST", "/<action_id>/undo", gives=schemas.MovedOut, fails=(410,))
def undo(principal: Principal, action_id: str) -> Answer:
    """Put everything back as it was before an action

    For 24 hours, unless somebody has changed it since (409).
    """
    return resolve(ActionService).undo(principal, action_id)
