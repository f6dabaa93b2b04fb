"""Coach personalities over HTTP."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.limits.guards import limited
from app.personalities import schemas, service
from app.personalities.service import ListedPersonality, PersonalityFields
from app.web.blueprints import Blueprint
from app.web.operations import Operations

blp = Blueprint(
    "personalities", __name__, url_prefix="/api/v1/chat/personalities", description="How the coach speaks"
)  # fmt: skip
operation = Operations(blp, rate=limited("sessions"), sessions=True)


@operation("GET", "", gives=schemas.PersonalityOut(many=True))
def list_personalities(session: Session, principal: Principal) -> list[ListedPersonality]:
    """List the coach personalities: my own, then those that everybody has"""
    return service.list_all(session, principal)


@operation("POST", "", takes=schemas.PersonalityIn, gives=schemas.PersonalityOut, status=201, fails=(409,))
def create_personality(session: Session, principal: Principal, body: PersonalityFields) -> ListedPersonality:
    """Make a coach personality of my own"""
    return service.create(session, principal, body)


@operation("GET", "/<personality_id>", gives=schemas.PersonalityOut)
def read_personality(session: Session, principal: Principal, personality_id: str) -> ListedPersonality:
    """Get a coach personality"""
    return service.find(session, principal, personality_id)


@operation(
    "PUT PATCH", "/<personality_id>", takes=schemas.PersonalityChangeIn, gives=schemas.PersonalityOut, fails=(409,)
)
def update_personality(
    session: Session, principal: Principal, body: PersonalityFields, personality_id: str
) -> ListedPersonality:
    """Change a coach personality of my own; what is not named stays as it is"""
    return service.update(session, principal, personality_id, body)


@operation("PATCH", "/<personality_id>/default", gives=schemas.PersonalityOut)
def make_default(session: Session, principal: Principal, personality_id: str) -> ListedPersonality:
    """Have this coach wherever a request names none"""
    return service.set_default(session, principal, personality_id)


@operation("DELETE", "/<personality_id>", gives=schemas.PersonalityRemovedOut, fails=(409,))
def delete_personality(session: Session, principal: Principal, personality_id: str) -> dict[str, object]:
    """Delete a coach personality of my own"""
    service.remove(session, principal, personality_id)
    return {"success": True, "message": "Coach personality deleted successfully", "id": personality_id}
