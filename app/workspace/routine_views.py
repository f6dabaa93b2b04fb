"""Routines over HTTP. Their days are those of the person's calendar."""

from flask import request
from sqlalchemy.orm import Session

from app.accounts import settings
from app.auth.principals import Principal
from app.auth.roles import OWN
from app.care.guards import hears
from app.core import weeks
from app.core.clock import now
from app.web.blueprints import Blueprint
from app.web.documents import View, shaped, zoned
from app.web.operations import Operations, removal, view_of
from app.workspace import routines
from app.workspace.schemas import routines as schemas
from app.workspace.schemas.lists import RemovedOut

blp = Blueprint("routines", __name__, url_prefix="/api/v1/routines", description="Steps that are taken again and again")
operation = Operations(blp, OWN, sessions=True)
counting = Operations(blp, OWN, sessions=True, fails=(400,), notes=[zoned()])
KEPT = hears("routines", "title", "description", "group", "steps", keeps=True)


def dated(service: View) -> View:
    """The service with the day that the person's calendar shows."""

    def at_home(session: Session, principal: Principal, *taken: object) -> object:
        zone = settings.time_zone(session, principal, request.headers.get("X-Timezone"))
        return service(session, principal, *taken, today=weeks.local_date(now(), zone))

    return at_home


counting("GET", "", gives=schemas.RoutineOut(many=True))(
    view_of(dated(routines.list_all), "List my routines, newest first")
)
counting("POST", "", takes=schemas.RoutineIn, gives=schemas.RoutineWrittenOut, status=201, hears=KEPT)(
    view_of(dated(routines.create), "Make a routine")
)
operation("GET", "/groups", notes=[shaped(blp, {"type": "array", "items": {"type": "string"}}, ["Morning"])])(
    view_of(routines.list_groups, "List the groups that my routines are in")
)
counting("GET", "/<routine_id>", gives=schemas.RoutineOut)(view_of(dated(routines.find), "Get a routine"))
counting("PUT PATCH", "/<routine_id>", takes=schemas.RoutineChangeIn, gives=schemas.RoutineWrittenOut, hears=KEPT)(
    view_of(dated(routines.update), "Change what is named of a routine")
)
operation("DELETE", "/<routine_id>", gives=RemovedOut)(view_of(removal("Routine", routines.remove), "Delete a routine"))
counting("POST", "/<routine_id>/steps/<step_id>/toggle", gives=schemas.RoutineOut, status=201)(
    view_of(dated(routines.toggle_step), "Tick a step off, or open it again")
)
counting("POST", "/<routine_id>/complete", gives=schemas.RoutineOut, status=201)(
    view_of(dated(routines.complete), "Complete a routine, once a day")
)
counting("POST", "/<routine_id>/reset", gives=schemas.RoutineOut, status=201)(
    view_of(dated(routines.reset), "Open all steps of a routine again")
)
