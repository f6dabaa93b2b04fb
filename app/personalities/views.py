"""Coach personalities over HTTP."""

from app.auth.guards import bearer
from app.auth.principals import Principal
from app.db.session import db
from app.limits.guards import limited
from app.personalities import schemas, service
from app.personalities.service import ListedPersonality, PersonalityFields
from app.web.blueprints import Blueprint
from app.web.documents import errors

blp = Blueprint(
    "personalities", __name__, url_prefix="/api/v1/chat/personalities", description="How the coach speaks"
)  # fmt: skip


@blp.route("", methods=["GET"])
@bearer
@limited("sessions")
@blp.response(200, schemas.PersonalityOut(many=True))
@errors(blp, 401, 429)
def list_personalities(principal: Principal) -> list[ListedPersonality]:
    """List the coach personalities: my own, then those that everybody has"""
    with db.read() as session:
        return service.list_all(session, principal)


@blp.route("", methods=["POST"])
@bearer
@limited("sessions")
@blp.arguments(schemas.PersonalityIn)
@blp.response(201, schemas.PersonalityOut)
@errors(blp, 400, 401, 409, 429)
def create_personality(principal: Principal, body: PersonalityFields) -> ListedPersonality:
    """Make a coach personality of my own"""
    with db.begin() as session:
        return service.create(session, principal, body)


@blp.route("/<personality_id>", methods=["GET"])
@bearer
@limited("sessions")
@blp.response(200, schemas.PersonalityOut)
@errors(blp, 401, 404, 429)
def read_personality(principal: Principal, personality_id: str) -> ListedPersonality:
    """Get a coach personality"""
    with db.read() as session:
        return service.find(session, principal, personality_id)


@blp.route("/<personality_id>", methods=["PUT", "PATCH"])
@bearer
@limited("sessions")
@blp.arguments(schemas.PersonalityChangeIn)
@blp.response(200, schemas.PersonalityOut)
@errors(blp, 400, 401, 404, 409, 429)
def update_personality(principal: Principal, body: PersonalityFields, personality_id: str) -> ListedPersonality:
    """Change a coach personality of my own; what is not named stays as it is"""
    with db.begin() as session:
        return service.update(session, principal, personality_id, body)


@blp.route("/<personality_id>/default", methods=["PATCH"])
@bearer
@limited("sessions")
@blp.response(200, schemas.PersonalityOut)
@errors(blp, 401, 404, 429)
def make_default(principal: Principal, personality_id: str) -> ListedPersonality:
    """Have this coach wherever a request names none"""
    with db.begin() as session:
        return service.set_default(session, principal, personality_id)


@blp.route("/<personality_id>", methods=["DELETE"])
@bearer
@limited("sessions")
@blp.response(200, schemas.PersonalityRemovedOut)
@errors(blp, 401, 404, 409, 429)
def delete_personality(principal: Principal, personality_id: str) -> dict[str, object]:
    """Delete a coach personality of my own"""
    with db.begin() as session:
        service.remove(session, principal, personality_id)
    return {"success": True, "message": "Coach personality deleted successfully", "id": personality_id}
