"""Bodies that only the journaling app's client reads."""

from marshmallow import fields

from app.care.schemas import HeardOut
from app.web.schemas import Moment, Schema
from app.workspace.schemas import goals
from app.workspace.schemas.lists import Limit, PageOut


class GoalsQuery(goals.GoalsQuery):
    limit = Limit(100)


class GoalOut(goals.GoalWithMilestonesOut):
    category = fields.Raw(  # type: ignore[assignment]
        metadata={"type": ["object", "string"], "description": "The category, or its word when there is none such"}
    )


class GoalWrittenOut(HeardOut, GoalOut): ...


class GoalsOut(PageOut):
    goals = fields.List(fields.Nested(GoalOut), attribute="items")


class AccountOut(Schema):
    uid = fields.String(attribute="id", dump_only=True, metadata={"example": "user_xyz789"})
    email = fields.String(metadata={"description": "As the token has it, else empty"})
    displayName = fields.String(attribute="name")
    emailVerified = fields.Boolean(attribute="email_verified")
    createdAt = Moment(
        attribute="created_at", allow_none=True, metadata={"description": "Null before the first setting"}
    )
    id = fields.String(metadata={"example": "user_xyz789"})
    role = fields.String(metadata={"example": "member"})
    timezone = fields.String(metadata={"example": "Europe/Vienna"})


class CalendarOut(Schema):
    connected = fields.Boolean(metadata={"example": False})


class DisconnectedOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    message = fields.String(metadata={"example": "No calendar is connected"})
