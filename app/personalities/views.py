"""Coach personalities over HTTP."""

from app.auth.roles import OWN
from app.limits.guards import limited
from app.personalities import schemas, service
from app.web.blueprints import Blueprint
from app.web.operations import Operations, removal, view_of

blp = Blueprint(
    "personalities", __name__, url_prefix="/api/v1/chat/personalities", description="How the coach speaks"
)  # fmt: skip
operation = Operations(blp, OWN, rate=limited("sessions"), sessions=True)

operation("GET", "", gives=schemas.PersonalityOut(many=True))(
    view_of(service.list_all, "List the coach personalities: my own, then those that everybody has")
)
operation("POST", "", takes=schemas.PersonalityIn, gives=schemas.PersonalityOut, status=201, fails=(409,))(
    view_of(service.create, "Make a coach personality of my own")
)
operation("GET", "/<personality_id>", gives=schemas.PersonalityOut)(view_of(service.find, "Get a coach personality"))
operation(
    "PUT PATCH", "/<personality_id>", takes=schemas.PersonalityChangeIn, gives=schemas.PersonalityOut, fails=(409,)
)(view_of(service.update, "Change a coach personality of my own; what is not named stays as it is"))
operation("PATCH", "/<personality_id>/default", gives=schemas.PersonalityOut)(
    view_of(service.set_default, "Have this coach wherever a request names none")
)
operation("DELETE", "/<personality_id>", gives=schemas.PersonalityRemovedOut, fails=(409,))(
    view_of(removal("Coach personality", service.remove), "Delete a coach personality of my own")
)
