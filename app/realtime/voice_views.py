"""The coaches that a person may talk with by their own sign-in, over HTTP; the talk itself is ``/ws/voice/``."""

from marshmallow import fields
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.auth.roles import OWN
from app.realtime import own_thread
from app.realtime.own_thread import Coach
from app.realtime.views import media_url
from app.web.blueprints import Blueprint
from app.web.operations import Operations
from app.web.schemas import Schema

blp = Blueprint("voice", __name__, url_prefix="/api/v1/voice", description="Talking aloud by one's own sign-in")
operation = Operations(blp, OWN, sessions=True)


class CoachOut(Schema):
    id = fields.String(metadata={"example": "6a97a3c4-5d25-47a8-bb31-b6f35c98e6b7", "description": "`bot_id`"})
    name = fields.String(metadata={"example": "Mira"})
    description = fields.String()
    glb = fields.String(allow_none=True, metadata={"description": "Its model in three dimensions"})
    avatar = fields.Function(
        lambda coach: media_url(coach.avatar) if coach.avatar else None, metadata={"type": ["string", "null"]}
    )


class CoachesOut(Schema):
    coaches = fields.List(fields.Nested(CoachOut))


@operation("GET", "/coaches", gives=CoachesOut)
def list_coaches(session: Session, principal: Principal) -> dict[str, list[Coach]]:
    """List whom I may talk with

    The active agents of my team, or a coach of our own where it never had any. `id` is the `bot_id` of the socket
    `/ws/voice/`, which speaks as `/ws/chat/` does and needs no key: my bearer token, or the cookie of a page of ours.
    """
    return {"coaches": own_thread.offered(session, principal)}
